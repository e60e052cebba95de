/** Codes that reasons show, beside the codes of the system. */
type HttpFaultCode = 'HTTP_ANSWER_INVALID' | 'HTTP_HEAD_TOO_LARGE';

/** The error for bytes of a receiver that are no answer in HTTP/1.1. */
export class HttpFault extends Error {
  readonly code: HttpFaultCode;

  constructor(code: HttpFaultCode) {
    super('The answer cannot be read.');
    this.code = code;
  }
}
