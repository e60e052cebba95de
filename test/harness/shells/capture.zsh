# Prints what zsh completes for each line on stdin. Arguments: the command that starts zsh.
# TREE: folder with zsh's own files; SCRIPT: the completion; WORK: an empty folder.
module_path=($TREE/usr/lib/*/zsh/*(/N))
zmodload zsh/zpty
cat > $WORK/inner.zsh <<'INNER'
module_path=($TREE/usr/lib/*/zsh/*(/N))
fpath=($TREE/usr/share/zsh/functions/*(/N) $TREE/usr/share/zsh/functions/Completion/*(/N))
unset zle_bracketed_paste
autoload -Uz compinit
compinit -u -D
source $SCRIPT
# The words go into a file, since a terminal cuts and colours them.
compadd() {
  local -a hits
  case ${@[1,(i)--]} in
    *-[OAD]*) builtin compadd "$@"; return ;;
  esac
  builtin compadd -A hits "$@"
  print -rl -- $hits >> $WORK/hits
  builtin compadd "$@"
}
complete_then_tell() { zle complete-word; print -r -- '<<END>>' }
zle -N complete_then_tell
bindkey '^I' complete_then_tell
INNER
zpty inner "$@" -f -i
# The quotes keep the echo of the line from looking like its output.
zpty -w inner "source $WORK/inner.zsh; print '<<LOA''DED>>'"
zpty -r inner out '*<<LOADED>>*'
while IFS= read -r line; do
  : > $WORK/hits
  zpty -w -n inner "$line"$'\t'
  zpty -r inner out '*<<END>>*'
  zpty -w -n inner $'\x15'
  print -r -- "== $line"
  print -r -- "$(<$WORK/hits)"
done
zpty -d inner
