import { expect, it } from 'vitest';
import { helpTexts } from '../../scripts/help-texts.ts';

it('finds the texts of all pages of the help, of the command and of each sink', async () => {
  const texts = await helpTexts();
  const ofCommand = texts.get('cli') ?? [];
  for (const text of [
    'Campaign id',
    'What to copy:',
    'Read on:',
    'Examples:',
    'default:',
    '[options of the run]',
    'Installed targets: none; see the README',
    'Installed targets: {targets}',
    'Targets of the scheme {scheme} are served by {package} {version}.',
    'Targets of the scheme {scheme} are served by {package} {version}. So are those of {others}.',
    'show a page of the help',
  ]) {
    expect(ofCommand).toContain(text);
  }
  expect(texts.get('sink-mysql')).toContain("PEM file of the client's certificate");
  expect(ofCommand).not.toContain("PEM file of the client's certificate");
});
