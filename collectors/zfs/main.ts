import { main } from '../../lib/run.ts';
import { zfs } from './collector.ts';

void main(zfs);
