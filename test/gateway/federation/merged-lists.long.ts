import { mergedListProperties } from './merged-list-properties.ts';

mergedListProperties(3_000);
