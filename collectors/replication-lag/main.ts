import { main } from '../../lib/run.ts';
import { replicationLag } from './collector.ts';

void main(replicationLag);
