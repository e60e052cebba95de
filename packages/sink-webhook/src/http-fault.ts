/** Bytes of a receiver that are no answer in HTTP/1.1. */
export class HttpFault extends Error {
  readonly code: 'HTTP_ANSWER_INVALID' | 'HTTP_HEAD_TOO_LARGE';

  constructor(code: HttpFault['code']) {
    super('The answer cannot be read.');
    this.code = code;
  }
}
