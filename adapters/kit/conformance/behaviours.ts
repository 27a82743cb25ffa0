export const BEHAVIOURS: readonly import('./behaviour.ts').Behaviour[] = [];
