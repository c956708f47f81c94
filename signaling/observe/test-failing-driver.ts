// An embedded database whose statements fail as a test says: each failure holds its statement and all its values, as those
// of a full disk or of a hurt constraint do. Used by tests only.
import type { OpenDatabase } from '../db/open-database.ts';

type Query = (text: string, values?: unknown[], options?: unknown) => Promise<unknown>;
interface Driver {
  query: Query;
  transaction<T>(run: (tx: { query: Query }) => Promise<T>): Promise<T>;
}

export class FailingDriver {
  /** Texts of the statements that have failed. */
  readonly failed = new Set<string>();
  /** While it is on, every statement fails the first time that it is seen. */
  isOn = false;

  /** Puts itself between drizzle and PGlite. */
  constructor({ db }: OpenDatabase) {
    const driver = (db as unknown as { $client: Driver }).$client;
    const { transaction } = driver;
    driver.query = this.#around(driver.query.bind(driver));
    driver.transaction = (run) =>
      transaction.call(driver, (tx) => {
        tx.query = this.#around(tx.query.bind(tx));
        return run(tx);
      }) as never;
  }

  #around(query: Query): Query {
    return async (text, values, options) => {
      if (!this.isOn || this.failed.has(text)) return query(text, values, options);
      this.failed.add(text);
      const detail = `Failing row contains (${JSON.stringify(values)}).`;
      throw Object.assign(new Error(`could not extend file: No space left on device. ${detail}`), {
        ...{ code: '53100', severity: 'ERROR', detail, query: text, params: values },
      });
    };
  }
}
