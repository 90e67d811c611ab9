import { main } from '../../lib/run/main.ts';
import { zfs } from './collector.ts';

void main(zfs);
