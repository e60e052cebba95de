import { columnsToken, rowToken } from './columns.ts';
import { isError, type Part } from './replies.ts';
import type { Parameter } from './requests.ts';
import { done, doneStatus, doneToken, errorToken, infoToken, returnStatusToken, returnValueToken } from './tokens.ts';

/** Writes the response to a batch or a bulk load: each statement with its DONE, all but the last promising more. */
export function answerToBatch(parts: readonly Part[]): Buffer {
  const lastStatement = parts.findLastIndex(isStatement);
  const answered = parts.map((part, index) =>
    statement(part, done.statement, index < lastStatement ? doneStatus.more : doneStatus.last),
  );
  if (lastStatement === -1) answered.push(doneToken(done.statement, doneStatus.last));
  return Buffer.concat(answered);
}

/** Writes the response to a call: its statements, its results, and its end. */
export function answerToCall(parts: readonly Part[], parameters: readonly Parameter[]): Buffer {
  const failed = parts.some(isError);
  const statements = parts.map((part) => statement(part, done.statementOfProcedure, doneStatus.more));
  const given = Object.assign({}, ...parts.map((part) => (part.kind === 'output' ? part.values : {})));
  const returned = parameters.flatMap(({ name, type, output }, index) =>
    output && Object.hasOwn(given, name) ? [returnValueToken(index, name, type, given[name])] : [],
  );
  const end = doneToken(done.procedure, failed ? doneStatus.error : doneStatus.last);
  return Buffer.concat([...statements, returnStatusToken(failed ? 1 : 0), ...returned, end]);
}

function isStatement({ kind }: Part): boolean {
  return kind === 'rows' || kind === 'count' || kind === 'error';
}

function statement(part: Part, token: number, more: number): Buffer {
  switch (part.kind) {
    case 'rows': {
      const { columns, rows } = part;
      const end = doneToken(token, more | doneStatus.count, rows.length);
      return Buffer.concat([columnsToken(columns), ...rows.map((row) => rowToken(columns, row)), end]);
    }
    case 'count':
      return part.count === null ? doneToken(token, more) : doneToken(token, more | doneStatus.count, part.count);
    case 'error':
      return Buffer.concat([errorToken(part.error), doneToken(token, more | doneStatus.error)]);
    case 'info':
      return infoToken(part.info);
    case 'tokens':
      return part.bytes;
    case 'output':
      return Buffer.alloc(0);
  }
}
