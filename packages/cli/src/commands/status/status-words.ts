import { groupedCount } from '../../page/page-figures.js';
import { formatCount, formatCounted, formatDuration } from '../../terminal/figures.js';

/** Writes whole seconds without a fraction: `40 s`. */
function wholeSpan(ms: number): string {
  return formatDuration(ms < 10_000 ? ms : Math.round(ms / 1000) * 1000).replace('.0 s', ' s');
}

/** Writes a rate with one digit behind the point where it is small. */
function rateText(perSecond: number, count: (whole: number) => string): string {
  return perSecond < 100 ? perSecond.toFixed(1) : count(perSecond);
}

/** The texts of `dbsync status` and of the status page. Texts that are given to a function are shown as they are. */
const en = {
  language: 'English',
  count: formatCount,
  span: wholeSpan,
  rate: (perSecond: number) => rateText(perSecond, formatCount),
  ago: (span: string) => `${span} ago`,
  states: {
    current: 'Current',
    late: 'Late',
    unheld: 'Not running',
    starting: 'Starting',
    standby: 'Standing by',
    stopping: 'Stopping',
    copying: 'Copying',
    pausing: 'Pausing',
    stopped: 'Stopped',
    done: 'Done',
  },
  campaignIn: (campaign: string, target: string) => `Campaign ${campaign} in ${target}`,
  behind: (span: string) => `${span} behind`,
  nothingCopied: 'nothing was copied yet',
  usual: (span: string) => `up to ${span} is usual`,
  notHeld: 'no process holds the campaign',
  starts: 'the process has not claimed the campaign yet.',
  standsBy: 'another process holds the campaign. This one takes over when that one ends.',
  stops: 'the process finishes its writes and ends.',
  pauses: (span: string) => `an error ended it. It starts again in ${span}.`,
  setUpWrong: 'its set-up is wrong. Correct it, then send SIGHUP.',
  endedAsAsked: 'it has ended as asked.',
  copies: (mode: string, done: string | null, of: string | null) => {
    const soFar = done === null ? '' : `, ${done}${of === null ? '' : ` of ${of}`} contacts so far`;
    return `${mode} copies${soFar}. It ends by itself, and no process keeps the copy current then.`;
  },
  receiver: {
    up: 'the receiver takes deliveries',
    down: 'the receiver is down',
    refusing: 'the receiver answers, and accepts nothing',
    gone: 'the receiver accepts no deliveries any more',
    unproven: 'the receiver has never accepted a delivery',
    paused: 'an operator has paused deliveries',
  },
  heldBack: (receiver: string, messages: number) => `${receiver}, and ${formatCounted(messages, 'message')} wait.`,
  waitsFor: (side: string, span: string, code: string) => `It has waited for ${side} for ${span}: ${code}`,
  sides: { api: 'the API', store: 'the target', endpoint: 'the receiver' },
  seeErrors: 'see docs/errors.md',
  heldBy: 'Held by',
  noProcess: 'no process',
  process: (pid: string, host: string, mode: string | null, span: string | null) =>
    `process ${pid} on ${host}${mode === null ? '' : `, ${mode}`}${span === null ? '' : `, for ${span}`}`,
  lastCycle: 'Last cycle',
  notKnown: 'not known',
  took: (ago: string, span: string) => `${ago}; it took ${span}`,
  events: 'Events',
  inboundCalls: 'Inbound calls',
  copiedUpTo: (instant: string) => `copied up to ${instant}`,
  noneYet: 'none yet',
  lastListing: 'Last listing',
  ofChanges: (instant: string) => `of changes: ${instant}`,
  ofAll: (instant: string) => `of all contacts: ${instant}`,
  backfill: 'Back-fill',
  underWay: (instant: string) => `from ${instant}, under way`,
  columns: 'Columns',
  filled: (table: string, done: string, of: string | null) =>
    `new columns of ${table} are filled: ${done}${of === null ? '' : ` of about ${of}`} rows so far`,
  deadLetters: 'Dead letters',
  unreadable: 'this account may not read them',
  none: 'none',
  seeDeadLetters: 'see dbsync dead-letters list',
  requests: 'Requests',
  inMailbox: (count: string) => `${count} in the mailbox`,
  deliveries: 'Deliveries',
  noneWaits: 'none waits',
  waiting: (messages: number, contacts: number, oldest: string | null) =>
    `${formatCounted(messages, 'message')} for ${formatCounted(contacts, 'contact')} wait${oldest === null ? '' : `, the oldest for ${oldest}`}`,
  forSpan: (span: string) => `for ${span}`,
  // From here on the status page alone has the texts.
  title: (host: string) => `dbsync on ${host}`,
  campaign: 'Campaign',
  state: 'State',
  campaigns: (count: string) => `${count} campaigns in this process`,
  allCampaigns: 'All campaigns',
  lag: 'Lag',
  lagNow: 'behind the campaign',
  rows: 'Rows per second',
  rowsNow: 'written in the last 5 minutes',
  setAside: 'set aside in the target',
  messages: 'Waiting messages',
  oldest: (span: string) => `the oldest for ${span}`,
  sinceStart: 'since the start of the process',
  accepted: 'Accepted',
  failed: 'To be tried again',
  postponed: 'Postponed',
  givenUp: 'Given up',
  lagChart: { s: 'Lag in seconds', min: 'Lag in minutes', h: 'Lag in hours' },
  lagChartText: (most: string) => `The lag of the last 24 hours, at most ${most}.`,
  rowsChart: 'Rows written per second',
  rowsChartText: (most: string) => `The rows written per second in the last 24 hours, at most ${most}.`,
  now: 'now',
  hourly: 'Figures by hour',
  hour: 'Hour',
  facts: 'Facts',
  mostLag: 'Largest lag',
  meanRows: 'Rows per second',
  errors: 'Last errors and warnings',
  noErrors: 'None since the start of the process.',
  times: (count: string) => `${count} times`,
  thirdParty: 'The code is in no list of dbsync: the package of the sink explains it.',
  targetSilent: 'The target does not answer this page, so its dead letters and its progress are not shown.',
  footer: (version: string, time: string) =>
    `dbsync ${version}, ${time}. This page changes nothing, and loads itself again each minute.`,
};

/** The texts in one language. */
export type StatusWords = typeof en;

const es: StatusWords = {
  language: 'Español',
  count: groupedCount,
  span: (ms) => wholeSpan(ms).replace('.', ','),
  rate: (perSecond) => rateText(perSecond, groupedCount).replace('.', ','),
  ago: (span) => `hace ${span}`,
  states: {
    current: 'Al día',
    late: 'Con retraso',
    unheld: 'Parada',
    starting: 'Arrancando',
    standby: 'En reserva',
    stopping: 'Terminando',
    copying: 'Copiando',
    pausing: 'En pausa',
    stopped: 'Detenida',
    done: 'Terminada',
  },
  campaignIn: (campaign, target) => `Campaña ${campaign} en ${target}`,
  behind: (span) => `${span} de retraso`,
  nothingCopied: 'aún no se ha copiado nada',
  usual: (span) => `hasta ${span} es lo habitual`,
  notHeld: 'ningún proceso se ocupa de la campaña',
  starts: 'el proceso aún no se ha hecho cargo de la campaña.',
  standsBy: 'otro proceso se ocupa de la campaña. Este lo releva cuando aquel termine.',
  stops: 'el proceso acaba lo que está escribiendo y termina.',
  pauses: (span) => `un error la ha detenido. Vuelve a arrancar en ${span}.`,
  setUpWrong: 'su configuración es errónea. Corríjala y envíe SIGHUP.',
  endedAsAsked: 'ha terminado como se pidió.',
  copies: (mode, done, of) => {
    const soFar = done === null ? '' : `; van ${done}${of === null ? '' : ` de ${of}`} contactos`;
    return `${mode} está copiando${soFar}. Termina por sí solo, y después ningún proceso mantiene la copia al día.`;
  },
  receiver: {
    up: 'el receptor acepta las entregas',
    down: 'el receptor está caído',
    refusing: 'el receptor responde, pero no acepta nada',
    gone: 'el receptor ya no acepta entregas',
    unproven: 'el receptor nunca ha aceptado una entrega',
    paused: 'un operador ha pausado las entregas',
  },
  heldBack: (receiver, messages) =>
    `${receiver}; ${messages === 1 ? 'espera 1 mensaje' : `esperan ${groupedCount(messages)} mensajes`}.`,
  waitsFor: (side, span, code) => `Lleva ${span} sin respuesta ${side}: ${code}`,
  sides: { api: 'de la API', store: 'del destino', endpoint: 'del receptor' },
  seeErrors: 'véase docs/errors.md',
  heldBy: 'A cargo de',
  noProcess: 'ningún proceso',
  process: (pid, host, mode, span) =>
    `proceso ${pid} en ${host}${mode === null ? '' : `, ${mode}`}${span === null ? '' : `, desde hace ${span}`}`,
  lastCycle: 'Último ciclo',
  notKnown: 'desconocido',
  took: (ago, span) => `${ago}; duró ${span}`,
  events: 'Eventos',
  inboundCalls: 'Llamadas entrantes',
  copiedUpTo: (instant) => `copia hasta ${instant}`,
  noneYet: 'ninguno todavía',
  lastListing: 'Último listado',
  ofChanges: (instant) => `de cambios: ${instant}`,
  ofAll: (instant) => `de todos los contactos: ${instant}`,
  backfill: 'Relleno hacia atrás',
  underWay: (instant) => `desde ${instant}, en curso`,
  columns: 'Columnas',
  filled: (table, done, of) =>
    `se rellenan las más nuevas de ${table}: van ${done}${of === null ? '' : ` de unas ${of}`} filas`,
  deadLetters: 'Registros apartados',
  unreadable: 'esta cuenta no puede leerlos',
  none: 'ninguno',
  seeDeadLetters: 'véase dbsync dead-letters list',
  requests: 'Peticiones',
  inMailbox: (count) => `${count} en el buzón`,
  deliveries: 'Entregas',
  noneWaits: 'ninguna en espera',
  waiting: (messages, contacts, oldest) => {
    const whose = `${groupedCount(messages)} ${messages === 1 ? 'mensaje' : 'mensajes'} de ${groupedCount(contacts)} ${contacts === 1 ? 'contacto' : 'contactos'}`;
    return `${whose} en espera${oldest === null ? '' : `, el más antiguo desde hace ${oldest}`}`;
  },
  forSpan: (span) => `desde hace ${span}`,
  title: (host) => `dbsync en ${host}`,
  campaign: 'Campaña',
  state: 'Estado',
  campaigns: (count) => `${count} campañas en este proceso`,
  allCampaigns: 'Todas las campañas',
  lag: 'Retraso',
  lagNow: 'respecto a la campaña',
  rows: 'Filas por segundo',
  rowsNow: 'escritas en los últimos 5 minutos',
  setAside: 'apartados en el destino (dead letters)',
  messages: 'Mensajes en espera',
  oldest: (span) => `el más antiguo desde hace ${span}`,
  sinceStart: 'desde el arranque del proceso',
  accepted: 'Aceptadas',
  failed: 'Por reintentar',
  postponed: 'Aplazadas',
  givenUp: 'Abandonadas',
  lagChart: { s: 'Retraso en segundos', min: 'Retraso en minutos', h: 'Retraso en horas' },
  lagChartText: (most) => `El retraso de las últimas 24 horas, como máximo ${most}.`,
  rowsChart: 'Filas escritas por segundo',
  rowsChartText: (most) => `Las filas escritas por segundo en las últimas 24 horas, como máximo ${most}.`,
  now: 'ahora',
  hourly: 'Cifras por hora',
  hour: 'Hora',
  facts: 'Datos',
  mostLag: 'Mayor retraso',
  meanRows: 'Filas por segundo',
  errors: 'Últimos errores y avisos',
  noErrors: 'Ninguno desde el arranque del proceso.',
  times: (count) => `${count} veces`,
  thirdParty: 'El código no figura en ninguna lista de dbsync: lo explica el paquete del destino.',
  targetSilent: 'El destino no responde a esta página, así que no se muestran sus registros apartados ni su avance.',
  footer: (version, time) =>
    `dbsync ${version}, ${time}. Esta página no cambia nada y se vuelve a cargar sola cada minuto.`,
};

/** The texts by language. */
export const STATUS_WORDS = { en, es } as const;

/** The languages of the status page. */
export type StatusLanguage = keyof typeof STATUS_WORDS;
