/** The way in which a connection is encrypted, as the options of the address choose it. */
export interface TlsChoice {
  /** `chain`: a trusted authority has signed the certificate; `name`: and the certificate is for the host. */
  readonly verify: 'nothing' | 'chain' | 'name';
  /** PEM files. Null: the authorities of Node and of the system. */
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly keyPassword: string | null;
}
