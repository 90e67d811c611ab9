import type { Seconds } from './host.ts';

/** How systemd runs a collector: how often, and what it may beyond the hardened default of units/. One that follows is a service that goes on. */
export interface Unit {
  readonly interval: Seconds;
  /** Set where the runs of many machines would meet at one target: each machine waits its own part of this. */
  readonly jitter?: Seconds;
  /** Capabilities beside CAP_DAC_OVERRIDE, and what for. */
  readonly capabilities?: Exception;
  /** Set where the user has to be root, and why; it then has these capabilities and no other. */
  readonly root?: string;
  /** System calls beside those of the default, and what for. */
  readonly systemCalls?: Exception;
  /** Paths that are hidden from all other collectors, since they hold secrets, each with why this one reads it. */
  readonly reads?: readonly Exception[];
  /** Directives that differ from the default. */
  readonly exceptions: Readonly<Record<string, Exception>>;
}

/** A value, and the reason for it, which stands above it in the unit. */
type Exception = readonly [value: string, reason: string];
