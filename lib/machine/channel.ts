import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';

/** How what a child prints gets here. */
export interface Channel {
  readonly stdio: ['ignore', 'pipe' | number, 'pipe' | number];
  /** Begins to take what a child prints that was started with `stdio`. */
  listen(child: ChildProcess): void;
  /** How much is kept by now, in bytes or characters. */
  kept(): number;
  /** Ends it, and hands over what was kept. */
  end(): { readonly stdout: string; readonly stderr: string };
}

/** Of what a command says on stderr this much is kept, in characters. */
const maxStderr = 65_536;

/** More than a fleet's largest `zfs list`; what prints more is not what we asked for, and would fill the memory. */
export const maxKept = 256 * 1024 * 1024;

/** Hands over stdout chunk by chunk: for output that is large or holds secrets. */
export function streamed(onChunk: (chunk: string) => void): Channel {
  let stderr = '';
  let ended: ChildProcess | undefined;
  return {
    stdio: ['ignore', 'pipe', 'pipe'],
    listen: (child) => {
      ended = child;
      child.stdout?.setEncoding('utf8').on('data', onChunk);
      child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
        if (stderr.length < maxStderr) stderr += chunk;
      });
    },
    kept: () => 0,
    end: () => {
      ended?.stdout?.destroy();
      ended?.stderr?.destroy();
      return { stdout: '', stderr };
    },
  };
}

/** Keeps both streams. */
export function kept(): Channel {
  return inFiles() ?? inPipes();
}

function inPipes(): Channel {
  const chunks: string[] = [];
  let length = 0;
  const channel = streamed((chunk) => {
    chunks.push(chunk);
    length += chunk.length;
  });
  return { ...channel, kept: () => length, end: () => ({ ...channel.end(), stdout: chunks.join('') }) };
}

/**
 * Keeps both streams in files in memory that only this process and its child know. It costs less than pipes, which Node
 * wraps in streams and sockets. Undefined where there is no such place.
 */
function inFiles(): Channel | undefined {
  const stdout = namelessFile('stdout');
  const stderr = stdout === undefined ? undefined : namelessFile('stderr');
  if (stdout === undefined || stderr === undefined) return undefined;
  return {
    stdio: ['ignore', stdout, stderr],
    listen: () => {},
    kept: () => fstatSync(stdout).size + fstatSync(stderr).size,
    end: () => ({ stdout: takeAll(stdout), stderr: takeAll(stderr).slice(0, maxStderr) }),
  };
}

let count = 0;

/** A new file in memory, for its owner only, that has lost its name again. */
function namelessFile(stream: string): number | undefined {
  count += 1;
  const name = `/dev/shm/textfile-collectors.${process.pid}.${count}.${stream}`;
  try {
    const descriptor = openSync(name, 'wx+', 0o600);
    unlinkSync(name);
    return descriptor;
  } catch {
    return undefined;
  }
}

/** From the start: the file's position is its writer's. */
function takeAll(descriptor: number): string {
  const buffer = Buffer.allocUnsafe(Math.min(fstatSync(descriptor).size, maxKept));
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read) {
    read = readSync(descriptor, buffer, length, buffer.length - length, length);
  }
  closeSync(descriptor);
  return buffer.toString('utf8', 0, length);
}
