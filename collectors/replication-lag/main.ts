import { main } from '../../lib/run/main.ts';
import { replicationLag } from './collector.ts';

void main(replicationLag);
