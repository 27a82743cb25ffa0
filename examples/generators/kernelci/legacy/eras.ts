/** The years in which kernelci-backend wrote one shape of documents. */
export interface Era {
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  /** Fields that are missing rather than null, `git://` and `local/` among them. */
  readonly isOldest: boolean;
  /** `build_environment` is there. */
  readonly hasEnvironments: boolean;
  /** Boards were booted, apart from tests. */
  readonly hasBoots: boolean;
  /** What test cases lie in. */
  readonly tests: 'none' | 'suites' | 'groups';
  /** Test cases bear copies of what their group has. */
  readonly isDenormalised: boolean;
  /** `logs` is a folder, and fragments are a list. */
  readonly hasLogFolders: boolean;
}

const day = (text: string) => new Date(`${text}T00:00:00Z`);
const BASE = {
  isOldest: false,
  hasEnvironments: true,
  hasBoots: false,
  tests: 'groups',
  isDenormalised: true,
  hasLogFolders: true,
} as const;

export const ERAS: readonly [Era, ...Era[]] = [
  {
    ...BASE,
    name: '2014',
    from: day('2014-06-01'),
    to: day('2016-01-01'),
    isOldest: true,
    hasEnvironments: false,
    hasBoots: true,
    tests: 'none',
    isDenormalised: false,
    hasLogFolders: false,
  },
  {
    ...BASE,
    name: '2016',
    from: day('2016-01-01'),
    to: day('2018-03-01'),
    hasEnvironments: false,
    hasBoots: true,
    tests: 'none',
    isDenormalised: false,
    hasLogFolders: false,
  },
  {
    ...BASE,
    name: '2018',
    from: day('2018-03-01'),
    to: day('2018-08-30'),
    hasEnvironments: false,
    hasBoots: true,
    tests: 'suites',
    isDenormalised: false,
    hasLogFolders: false,
  },
  {
    ...BASE,
    name: '2019',
    from: day('2018-11-20'),
    to: day('2020-01-10'),
    hasBoots: true,
    isDenormalised: false,
    hasLogFolders: false,
  },
  { ...BASE, name: '2020', from: day('2020-02-15'), to: day('2020-07-20'), hasBoots: true, hasLogFolders: false },
  { ...BASE, name: '2021', from: day('2021-03-15'), to: day('2022-06-01') },
  { ...BASE, name: '2022', from: day('2022-06-01'), to: day('2023-06-01') },
  { ...BASE, name: '2024', from: day('2023-06-01'), to: day('2024-07-01') },
];
