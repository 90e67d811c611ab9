import { main } from '../../lib/run.ts';
import { wireguard } from './collector.ts';

void main(wireguard);
