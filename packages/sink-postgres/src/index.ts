export { errorCodes } from './error-codes.js';
