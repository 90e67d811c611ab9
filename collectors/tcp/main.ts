import { main } from '../../lib/run/main.ts';
import { tcp } from './collector.ts';

void main(tcp);
