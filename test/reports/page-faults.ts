/** An expression that lists the elements that reach beyond the right edge of the page. */
export const wideParts = `(() => {
  const edge = document.documentElement.clientWidth;
  const isClipped = (element) => {
    for (let parent = element.parentElement; parent !== null; parent = parent.parentElement)
      if (getComputedStyle(parent).overflowX !== 'visible' && parent.tagName !== 'BODY' && parent.tagName !== 'HTML') return true;
    return false;
  };
  const wide = [...document.querySelectorAll('body *')].filter(
    (element) => element.getBoundingClientRect().right > edge + 0.5 && !isClipped(element),
  );
  const parts = wide.map((element) => element.tagName);
  return document.documentElement.scrollWidth > edge ? ['page', ...parts] : parts;
})()`;

/**
 * An expression that lists texts with a contrast below 4.5 to 1, and bars and marks with one below 3 to 1, each with its contrast (WCAG 2,
 * 1.4.3 and 1.4.11).
 */
export const faintMarks = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const { backgroundColor } = getComputedStyle(each);
      if (channels(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const contrast = (element, colour) => {
    const [light, dark] = [luminance(colour), luminance(groundOf(element))].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const faint = [];
  const look = (name, element, colour, least) => {
    const found = contrast(element, colour);
    if (found < least) faint.push(name + ': ' + found.toFixed(1));
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { textContent, parentElement } = texts.currentNode;
    const isShown = parentElement.checkVisibility() && !['SCRIPT', 'STYLE', 'title'].includes(parentElement.tagName);
    if (textContent.trim() === '' || !isShown) continue;
    const { color, fill } = getComputedStyle(parentElement);
    look(textContent.trim(), parentElement, parentElement.tagName === 'text' ? fill : color, 4.5);
  }
  for (const mark of document.querySelectorAll('rect, circle, path'))
    look(mark.tagName + '.' + mark.getAttribute('class'), mark, getComputedStyle(mark).fill, 3);
  return faint;
})()`;
