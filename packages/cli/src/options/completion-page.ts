import type { HelpPage } from './help-page.js';

export const completionPage: HelpPage = {
  usage: [
    'dbsync completion bash|zsh|fish',
    '',
    'Prints a script that lets the shell complete commands, options and values of dbsync, with the options of the sinks that are installed now. Print it again after an update, or after another sink was installed.',
  ].join('\n'),
  shows: ({ name }) => name === 'plugin-dir' || name === 'help',
  examples: [
    ['For this shell:', 'source <(dbsync completion bash)'],
    ['For all bash shells of the machine:', 'dbsync completion bash > /usr/share/bash-completion/completions/dbsync'],
    ['zsh:', 'dbsync completion zsh > /usr/local/share/zsh/site-functions/_dbsync'],
    ['fish:', 'dbsync completion fish > ~/.config/fish/completions/dbsync.fish'],
  ],
  footer: 'The script runs no command when it completes.',
};
