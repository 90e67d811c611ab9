import { execa } from 'execa';

/** How gpg is asked; the agent has the key's passphrase, or asks for it. */
const gpg = ['--batch', '--yes', '--armor'];

/** Writes the signature of `file`, by the secret key that gpg knows as `key`. */
export async function signDetached(file: string, signature: string, key: string): Promise<void> {
  await execa('gpg', [...gpg, '--local-user', key, '--output', signature, '--detach-sign', file]);
}

/** Writes `file` with its signature round it. */
export async function signInline(file: string, signed: string, key: string): Promise<void> {
  await execa('gpg', [...gpg, '--local-user', key, '--output', signed, '--clearsign', file]);
}

/** Puts the signature into the package. rpm does not look for gpg on PATH, and Debian's is told of no place. */
export async function signRpm(file: string, key: string): Promise<void> {
  await execa('rpmsign', ['--define', `_gpg_name ${key}`, '--define', '__gpg /usr/bin/gpg', '--addsign', file]);
}

/** Writes the public key, as apt and rpm read it. */
export async function exportKey(key: string, file: string): Promise<void> {
  await execa('gpg', [...gpg, '--output', file, '--export', key]);
}
