// Takes and gives back locks with redlock as each line says, and answers it with a line. Ends with 3 where there is none.
let Redis;
let Redlock;
try {
  Redis = require('ioredis');
  Redlock = require('redlock');
} catch (absent) {
  process.exit(3);
}

const PAUSE = 10;
const client = new Redis(Number(process.argv[3]), process.argv[2]);
const locks = {};

function patient(wait) {
  return new Redlock([client], { retryCount: Math.floor(wait / PAUSE), retryDelay: PAUSE, retryJitter: 0 });
}

async function orElse(answer, attempt) {
  try {
    return await attempt();
  } catch (failure) {
    if (failure.name === 'LockError') {
      return answer;
    }
    throw failure;
  }
}

const commands = {
  take: (key, millis, wait) =>
    orElse('busy', async () => {
      locks[key] = await patient(Number(wait)).lock(key, Number(millis));
      return locks[key].value;
    }),
  give: (key) => orElse('not owned', async () => (await locks[key].unlock(), 'given')),
  'give-as': (key, token) =>
    orElse('not owned', async () => (await patient(0).unlock(new Redlock.Lock(null, key, token, 0)), 'given')),
  prolong: (key, millis) => orElse('not owned', async () => (await locks[key].extend(Number(millis)), 'prolonged')),
  see: async (key) => (await client.get(key)) || 'nothing',
  count: async (key, counter, times) => {
    for (let i = 0; i < Number(times); i++) {
      const lock = await patient(60000).lock(key, 60000);
      await client.set(counter, Number(await client.get(counter)) + 1);
      await lock.unlock();
    }
    return 'counted';
  },
};

console.log('redlock', require('redlock/package.json').version);
let before = Promise.resolve();
require('readline')
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [command, ...values] = line.split(' ');
    before = before.then(async () => console.log(await commands[command](...values)));
  })
  .on('close', () => before.then(() => client.quit()));
