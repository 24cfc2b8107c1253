import { memoryLedger } from './memory-ledger.ts';
import { ledgerConformance } from './testing/ledger-conformance.ts';

describe('memoryLedger', () => ledgerConformance(memoryLedger));
