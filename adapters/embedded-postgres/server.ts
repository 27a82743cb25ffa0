import { chmod, mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from '../contract/adapter.ts';
import {
  type Cluster,
  claimCluster,
  clusterUrl,
  isPostgres,
  openCluster,
  type Postmaster,
  runningPostmaster,
  startCluster,
  stopPostmaster,
} from './cluster.ts';
import { DatabaseFault, FileLock, folderFault } from './folder.ts';

/** The PostgreSQL of a folder, shared by one gateway and the commands beside it. */
export interface EmbeddedServer {
  /** Claims the folder for this gateway. @throws {DatabaseFault} that names the gateway that has it already. */
  own(): Promise<void>;
  /** The URL of the server, which is started if it does not run. */
  url(): Promise<string>;
  /** Stops the server if no other process uses it. */
  release(): Promise<void>;
}

/** Milliseconds between two checks whether the server still runs. */
const WATCH = 250;
const LOG_LIMIT = 16 * 1024 * 1024;
/** The planner overestimates the many small index ranges of reads: compiling them takes longer than running them, and solid-state disks seek fast. */
const SERVER_SETTINGS = { jit: 'off', random_page_cost: '1.1' };

/**
 * The cluster is in `folder/postgres`, the password, log and locks are in `folder/postgres-server`.
 * Calls `onLost` if the server ends unexpectedly; the next `url` starts it again.
 */
export function createEmbeddedServer(folder: string, log: Logger, onLost: () => void = () => {}): EmbeddedServer {
  return new FolderServer(resolve(folder), log, onLost);
}

class FolderServer implements EmbeddedServer {
  readonly #folder: string;
  readonly #own: string;
  readonly #log: Logger;
  #owner: FileLock | null = null;
  #use: FileLock | null = null;
  #url: Promise<string> | null = null;
  #watch: NodeJS.Timeout | undefined;
  readonly #onLost: () => void;

  constructor(folder: string, log: Logger, onLost: () => void) {
    this.#folder = folder;
    this.#own = join(folder, 'postgres-server');
    this.#log = log;
    this.#onLost = onLost;
  }

  async own(): Promise<void> {
    await this.#makeFolder();
    try {
      this.#owner ??= FileLock.tryTake(join(this.#own, 'gateway.lock'), 'exclusive');
    } catch (error) {
      throw folderFault(this.#folder, error);
    }
    const pidFile = join(this.#own, 'gateway.pid');
    if (this.#owner !== null) {
      await writeFile(pidFile, `${process.pid}\n`);
      return;
    }
    const pid = (await readFile(pidFile, 'utf8').catch(() => '')).trim();
    throw new DatabaseFault(
      `The folder ${this.#folder} is in use by the gateway with process id ${pid === '' ? 'unknown' : pid}: stop it first, or name another folder.`,
      'The embedded PostgreSQL belongs to another process.',
    );
  }

  url(): Promise<string> {
    this.#url ??= this.#start().catch((error: unknown) => {
      this.#url = null;
      throw error;
    });
    return this.#url;
  }

  async release(): Promise<void> {
    await this.#url?.catch(() => undefined);
    this.#url = null;
    clearInterval(this.#watch);
    this.#watch = undefined;
    if (this.#use !== null) {
      const turn = await FileLock.take(join(this.#own, 'turn.lock'), 'exclusive');
      try {
        this.#use.release();
        this.#use = null;
        await this.#stopUnused();
      } finally {
        turn.release();
      }
    }
    this.#owner?.release();
    this.#owner = null;
  }

  async #start(): Promise<string> {
    await this.#makeFolder();
    // Only the holder of this lock starts or stops the server; every user of the server holds the shared lock.
    const turn = await FileLock.take(join(this.#own, 'turn.lock'), 'exclusive');
    try {
      const isAlone = this.#use === null && (await this.#isUnused());
      this.#use ??= await FileLock.take(join(this.#own, 'users.lock'), 'shared');
      const cluster = await openCluster(this.#folder, this.#own, this.#log);
      const running = await this.#running(cluster);
      if (running !== null) return await this.#watched(cluster, running);
      await claimCluster(cluster, this.#own, isAlone);
      const logFile = join(this.#own, 'postgres.log');
      const size = (await stat(logFile).catch(() => null))?.size ?? 0;
      if (size > LOG_LIMIT) await truncate(logFile);
      return await this.#watched(cluster, await startCluster(cluster, logFile, SERVER_SETTINGS));
    } catch (error) {
      this.#use?.release();
      this.#use = null;
      throw folderFault(this.#folder, error);
    } finally {
      turn.release();
    }
  }

  /**
   * A server that outlived its gateway (kill -9) continues to be used: its commits are safe, and a restart would gain
   * nothing.
   */
  async #running(cluster: Cluster): Promise<Postmaster | null> {
    for (;;) {
      const found = await runningPostmaster(cluster.data);
      if (found === null) return null;
      if (found.ready) {
        this.#log.info({ pid: found.pid }, 'The embedded PostgreSQL runs already.');
        return found;
      }
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  async #isUnused(): Promise<boolean> {
    const lock = FileLock.tryTake(join(this.#own, 'users.lock'), 'exclusive');
    lock?.release();
    return lock !== null;
  }

  /** Watches the server and gives its URL. It polls, since the server may not be a child of this process. */
  async #watched(cluster: Cluster, { pid, port }: Postmaster): Promise<string> {
    clearInterval(this.#watch);
    const watch = setInterval(async () => {
      if (watch !== this.#watch || (await isPostgres(pid, cluster.data)) || watch !== this.#watch) return;
      clearInterval(watch);
      this.#watch = undefined;
      this.#url = null;
      this.#log.error({ pid }, 'The embedded PostgreSQL ended by itself; it is started again when it is needed.');
      this.#onLost();
    }, WATCH);
    this.#watch = watch.unref();
    return clusterUrl(this.#own, port);
  }

  async #stopUnused(): Promise<void> {
    const alone = FileLock.tryTake(join(this.#own, 'users.lock'), 'exclusive');
    if (alone === null) return;
    try {
      const found = await runningPostmaster(join(this.#folder, 'postgres'));
      if (found !== null) await stopPostmaster(found.pid, join(this.#folder, 'postgres'));
    } finally {
      alone.release();
    }
  }

  async #makeFolder(): Promise<void> {
    try {
      await mkdir(this.#own, { recursive: true });
      await chmod(this.#own, 0o700);
    } catch (error) {
      throw folderFault(this.#folder, error);
    }
  }
}
