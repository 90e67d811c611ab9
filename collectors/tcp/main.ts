import { main } from '../../lib/run.ts';
import { tcp } from './collector.ts';

void main(tcp);
