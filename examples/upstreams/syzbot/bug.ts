/** A commit as the dashboard shows it; hash and date only once it was found. */
export interface ShownCommit {
  readonly title: string;
  readonly link?: string;
  readonly hash?: string;
  readonly repo?: string;
  readonly branch?: string;
  readonly author?: string;
  readonly 'author-name'?: string;
  readonly date?: string;
}

/** A crash on a bug's page; links are relative to the dashboard. */
export interface ShownCrash {
  readonly title: string;
  readonly 'syz-reproducer'?: string;
  readonly 'c-reproducer'?: string;
  readonly 'repro-opts'?: string;
  readonly 'kernel-config'?: string;
  readonly 'kernel-source-git'?: string;
  readonly 'kernel-source-commit'?: string;
  readonly 'syzkaller-git'?: string;
  readonly 'syzkaller-commit'?: string;
  readonly 'crash-report-link'?: string;
}

/** A bug's page. */
export interface BugPage {
  readonly version: 1;
  readonly title: string;
  /** 40 hexadecimal digits, for life. */
  readonly id: string;
  readonly status: string;
  readonly 'first-crash': string;
  readonly 'last-crash': string;
  readonly 'fix-time'?: string;
  readonly 'close-time'?: string;
  readonly 'fix-commits'?: readonly ShownCommit[];
  readonly 'cause-commit'?: ShownCommit;
  readonly discussions?: readonly string[];
  readonly crashes?: readonly ShownCrash[];
}

/** A bug as the dashboard holds it. */
export interface DashboardBug {
  readonly namespace: string;
  /** Which list has it; a duplicate stands in none. */
  readonly group: 'open' | 'fixed' | 'invalid' | null;
  /** By which it was reported, the current one last; none where it was closed before that. */
  readonly extids: readonly string[];
  /** Not for the public: it leads to a login page, and no list has it. */
  readonly isHidden?: boolean;
  readonly page: BugPage;
}

/** What Go writes where there is no time. */
export const NO_TIME = '0001-01-01T00:00:00Z';
