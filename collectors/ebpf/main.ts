import { main } from '../../lib/run/main.ts';
import { ebpf } from './collector.ts';

void main(ebpf);
