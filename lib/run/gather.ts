import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from '../collector.ts';
import { messageOf } from '../errors.ts';
import type { Host, Seconds } from '../host.ts';
import { grace } from '../machine/command.ts';
import type { Sample } from '../metric.ts';
import type { Call } from './call.ts';
import { allMetrics } from './describe.ts';
import { render } from './exposition.ts';
import { type Message, type Source, messagesOf, openLedger } from './ledger.ts';
import { openMemory } from './memory.ts';
import { seam } from './seam.ts';
import { selfSamples } from './self-samples.ts';
import { readTold, writeTold } from './told.ts';

/** What a run found out. */
export interface Gathered {
  /** The whole text of the `.prom` file. */
  readonly text: string;
  /** One line for each thing that went wrong. */
  readonly messages: readonly string[];
  /** Whether each source was read. */
  readonly sources: readonly Source[];
  /** The collector threw or never came to an end: a mistake of ours, and no state of the machine. */
  readonly broken: boolean;
}

/**
 * Runs a collector and renders its file. Whatever failed, even the collector itself, is in the file. Throws where the call was
 * stopped: what came of that says nothing of the machine.
 */
export async function gather(call: Call, host: Host): Promise<Gathered> {
  const { collector, request, stop } = call;
  const start = { time: host.now(), elapsed: host.elapsed() };
  const { ledger, breaks, refuse, ...told } = openLedger();
  const { keep, ...memory } = openMemory(call, host, told);
  const run: Run = { timeout: request.timeout, interval: request.interval, ...told, ...memory, ...seam(told) };
  const samples: Sample[] = [];
  await within(request.timeout, drain(collector.collect(host, request.settings, run), samples, breaks), breaks);
  stop.throwIfAborted();
  keep();
  const rendered = () => {
    const own = selfSamples(call, ledger, start.time, host.elapsed() - start.elapsed);
    return render(allMetrics(collector), [...samples, ...own], call.labels);
  };
  const first = rendered();
  refuse(first.refused);
  return {
    // What was refused is counted in the file.
    text: first.refused.length === 0 ? first.text : rendered().text,
    messages: untold(messagesOf(ledger), call),
    sources: [...ledger.sources.values()],
    broken: ledger.broken,
  };
}

/** The lines that the run before has not told already. A call that keeps nothing tells them all. */
function untold(messages: readonly Message[], { stateFolder, instance }: Call): string[] {
  const before = stateFolder === undefined ? [] : readTold(stateFolder, instance);
  const lasting = messages.filter(({ lasts }) => lasts).map(({ line }) => line);
  if (stateFolder !== undefined) writeTold(stateFolder, instance, lasting, before);
  return messages.filter(({ line, lasts }) => !lasts || !before.includes(line)).map(({ line }) => line);
}

/** Takes the samples part by part. A part that throws costs what it would still have told, and a collector the parts to come. */
async function drain(
  parts: AsyncIterable<Iterable<Sample>>,
  samples: Sample[],
  onBroken: (reason: string) => void,
): Promise<void> {
  try {
    for await (const part of parts) {
      try {
        for (const one of part) samples.push(one);
      } catch (error) {
        onBroken(messageOf(error));
      }
    }
  } catch (error) {
    onBroken(messageOf(error));
  }
}

/**
 * Every command has a limit of its own, so that not to come to an end is a mistake of ours. The file is written all the same,
 * or the old one would go on looking healthy.
 */
async function within(timeout: Seconds, task: Promise<void>, onBroken: (reason: string) => void): Promise<void> {
  const done = new AbortController();
  const over = timeOver(timeout, done.signal).then(
    () => onBroken(`the run was given up after ${timeout} s`),
    () => {},
  );
  await Promise.race([task, over]);
  done.abort();
}

/**
 * Where this process was held up, as by a virtual machine that is paused, all that is due comes at once: commands still get what it
 * takes to end them.
 */
async function timeOver(timeout: Seconds, signal: AbortSignal): Promise<void> {
  const due = performance.now() + timeout * 1000;
  await delay(timeout * 1000, undefined, { signal });
  if (performance.now() - due > 250) await delay((2 * grace + 0.25) * 1000, undefined, { signal });
}
