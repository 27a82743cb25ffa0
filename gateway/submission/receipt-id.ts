import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 32;
const PATTERN = /^[A-Za-z0-9]{32}$/;

/** A new id of a receipt: 32 letters and digits, which nobody can guess. */
export function newReceiptId(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Whether a text can be the id of a receipt. */
export function isReceiptId(text: string): boolean {
  return PATTERN.test(text);
}
