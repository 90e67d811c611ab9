import { main } from '../../lib/run/main.ts';
import { wireguard } from './collector.ts';

void main(wireguard);
