/** Every field of every entity, as a query selects it: what the walk over the graph compares. */
const FILES = '{ name url }';
const COMMON = 'id origin timestamp misc sources nodeId conflicts { field values { value source origin at } }';
const RUN = `comment startTime duration logUrl logExcerpt status verdict inputFiles ${FILES} outputFiles ${FILES}`;

export const FIELDS = {
  checkout: `${COMMON} treeName gitRepositoryUrl gitCommitHash gitCommitName gitCommitTags gitCommitMessage
    gitRepositoryBranch gitRepositoryBranchTip patchsetFiles ${FILES} patchsetHash messageId comment startTime
    originBuildsFinishTime originTestsFinishTime logUrl logExcerpt valid`,
  build: `${COMMON} ${RUN} checkoutId architecture command compiler configName configUrl`,
  test: `${COMMON} ${RUN} buildId environment { comment compatible misc } path number { value unit prefix }`,
  issue: `${COMMON} version categories reportUrl reportSubject culprit { code tool harness } comment`,
  incident: `${COMMON} issueId issueVersion buildId testId present comment`,
} as const;
export type Kind = keyof typeof FIELDS;
export const KINDS = Object.keys(FIELDS) as Kind[];
