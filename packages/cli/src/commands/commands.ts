import { deadLettersPage, deliveriesPage, forgetPage, mirrorPage, webhookPage } from '../options/command-pages.js';
import { completionPage } from '../options/completion-page.js';
import { configPage, initPage, runPage } from '../options/config-pages.js';
import { diagPage, doctorPage, pluginsPage } from '../options/doctor-pages.js';
import { reportPage } from '../options/report-page.js';
import { servicePage } from '../options/service-page.js';
import { statusPage } from '../options/status-page.js';
import { explainPage, planPage, refetchPage, verifyPage } from '../options/verify-pages.js';
import { viewsPage } from '../options/views-page.js';
import type { Command } from './command.js';

/** All commands, those that an operator needs first at the top. A run of a mode has no word of its own. */
const COMMANDS: readonly Command[] = [
  {
    name: 'run',
    summary: 'copy all campaigns of a file in one process (--config)',
    page: runPage,
    readsConfig: true,
    load: async () => (await import('./run-any.js')).runAny,
  },
  {
    name: 'init',
    summary: 'ask for a campaign, try it, and add it to such a file',
    page: initPage,
    readsConfig: true,
    load: async () => (await import('./init/init-command.js')).initCommand,
  },
  {
    name: 'config',
    summary: 'check a file of campaigns, and show all its errors',
    actions: ['check'],
    page: configPage,
    readsConfig: true,
    load: async () => (await import('./config-command.js')).configCommand,
  },
  {
    name: 'verify',
    summary: 'compare the copy with the campaign, and repair it',
    page: verifyPage,
    load: async () => (await import('./verify-command.js')).verifyCommand,
  },
  {
    name: 'status',
    summary: 'show which process holds a copy, and if it is current',
    page: statusPage,
    load: async () => (await import('./status/status-command.js')).statusCommand,
  },
  {
    name: 'explain',
    summary: 'explain why one contact is missing or differs',
    page: explainPage,
    load: async () => (await import('./explain/explain-command.js')).explainCommand,
  },
  {
    name: 'plan',
    summary: 'show what a start would change, and change nothing',
    page: planPage,
    load: async () => (await import('./plan/plan-command.js')).planCommand,
  },
  {
    name: 'refetch',
    summary: 'fetch and write contacts again',
    page: refetchPage,
    load: async () => (await import('./refetch-command.js')).refetchCommand,
  },
  {
    name: 'doctor',
    summary: 'check all that a run depends on, and change nothing',
    page: doctorPage,
    load: async () => (await import('./doctor/doctor-command.js')).doctorCommand,
  },
  {
    name: 'diag',
    summary: 'collect logs and reports in one archive, without secrets',
    page: diagPage,
    load: async () => (await import('./diag/diag-command.js')).diagCommand(commandNamed),
  },
  {
    name: 'plugins',
    summary: 'list the installed sinks, or test one on your own target',
    actions: ['list', 'test'],
    page: pluginsPage,
    load: async () => (await import('./plugins/plugins-command.js')).pluginsCommand,
  },
  {
    name: 'views',
    summary: 'make, show or drop views for reports',
    actions: ['install', 'show', 'drop'],
    page: viewsPage,
    load: async () => (await import('./views-command.js')).viewsCommand,
  },
  {
    name: 'report',
    summary: 'draw the calls of a copy as a page of HTML',
    page: reportPage,
    load: async () => (await import('./report/report-command.js')).reportCommand,
  },
  {
    name: 'dead-letters',
    summary: 'show, replay or drop records that could not be written',
    actions: ['list', 'show', 'replay', 'drop'],
    page: deadLettersPage,
    load: async () => (await import('./dead-letters-command.js')).deadLettersCommand,
  },
  {
    name: 'deliveries',
    summary: 'show and control the deliveries of mode webhook',
    actions: ['list', 'show', 'retry', 'drop', 'pause', 'resume', 'replay'],
    page: deliveriesPage,
    load: async () => (await import('./deliveries-command.js')).deliveriesCommand,
  },
  {
    name: 'webhook',
    summary: 'send one sample delivery',
    actions: ['test'],
    page: webhookPage,
    load: async () => (await import('./webhook-command.js')).webhookCommand,
  },
  {
    name: 'forget',
    summary: 'erase a contact, and keep it out',
    page: forgetPage,
    load: async () => (await import('./forget-command.js')).forgetCommand,
  },
  {
    name: 'mirror-deletions',
    summary: 'allow the removal of many deleted contacts',
    page: mirrorPage,
    load: async () => (await import('./mirror-command.js')).mirrorCommand,
  },
  {
    name: 'service',
    summary: 'run dbsync as a service of the system',
    actions: ['install', 'uninstall', 'status', 'print'],
    page: servicePage,
    readsConfig: true,
    load: async () => (await import('./service-command.js')).serviceCommand,
  },
  {
    name: 'completion',
    summary: 'print the completion for bash, zsh or fish',
    actions: ['bash', 'zsh', 'fish'],
    page: completionPage,
    load: async () => (await import('./completion-command.js')).completionCommand(COMMANDS),
  },
];

export function commandNamed(word: string): Command | undefined {
  return COMMANDS.find(({ name }) => name === word);
}

export function allCommands(): readonly Command[] {
  return COMMANDS;
}

export function commandNames(): readonly string[] {
  return COMMANDS.map(({ name }) => name);
}
