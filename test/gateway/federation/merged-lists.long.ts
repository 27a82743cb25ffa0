import { mergedListProperties } from './merged-list-properties.ts';

mergedListProperties(1_000);
