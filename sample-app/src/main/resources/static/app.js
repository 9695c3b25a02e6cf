const ROWS = ['A', 'B', 'C', 'D', 'E'];
const PER_ROW = 20;
const CROWD = 200;
/** Two instances write their log entries side by side, so some become visible late: look back this far. */
const LOOK_BACK = 100;

const byId = (id) => document.getElementById(id);
const cells = new Map();
const attempts = new Map();
const lately = new Map();
let sales = {};
let chosen = null;
let expected = 0;

async function ask(path, options) {
  const response = await fetch(path, options);
  const body = await response.text();
  if (!response.ok) {
    throw new Error((body && JSON.parse(body).detail) || `${response.status} ${response.statusText}`);
  }
  return body ? JSON.parse(body) : null;
}

function element(name, attributes = {}, ...children) {
  const svg = ['circle', 'line', 'rect', 'text'].includes(name);
  const made = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

/* Seats */

function buildHall() {
  for (const row of ROWS) {
    const line = element('div', { role: 'row' }, element('span', { role: 'rowheader' }, row));
    for (let number = 1; number <= PER_ROW; number++) {
      if (number === PER_ROW / 2 + 1) {
        line.append(element('span', { 'aria-hidden': 'true' }));
      }
      const bend = 14 - 0.155 * (number - 10.5) ** 2;
      const seat = element('button', { class: 'seat', role: 'gridcell', tabindex: -1, style: `--bend:${bend.toFixed(1)}` });
      seat.dataset.seat = row + number;
      seat.addEventListener('click', () => choose(row + number));
      seat.addEventListener('focus', () => rove(seat));
      cells.set(row + number, seat);
      line.append(seat);
    }
    line.append(element('span', { 'aria-hidden': 'true' }, row));
    byId('hall').append(line);
  }
  cells.get('A1').tabIndex = 0;
  byId('hall').addEventListener('keydown', move);
}

function rove(seat) {
  cells.forEach((cell) => { cell.tabIndex = -1; });
  seat.tabIndex = 0;
}

function move(event) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -PER_ROW, ArrowDown: PER_ROW };
  const all = [...cells.values()];
  const target = all[all.indexOf(document.activeElement) + steps[event.key]];
  if (target) {
    event.preventDefault();
    target.focus();
  }
}

function choose(name) {
  chosen = name;
  cells.forEach((cell, key) => cell.setAttribute('aria-selected', key === name));
  byId('answer').value = '';
  byId('seat').book.disabled = false;
  byId('seat').hold.disabled = false;
  showChosen();
}

function showChosen() {
  if (chosen) {
    const buyers = sales[chosen] ?? [];
    byId('chosen').textContent = `Seat ${chosen}`;
    const names = buyers.length > 3 ? [...buyers.slice(0, 2), `${buyers.length - 2} others`] : buyers;
    byId('buyers').textContent = buyers.length ? `sold to ${names.join(' and ')}` : 'is free';
  }
}

function showSeats(locks) {
  const held = new Set(locks.map((lock) => lock.key.replace('seat:', '')));
  for (const [name, cell] of cells) {
    const tickets = (sales[name] ?? []).length;
    const state = tickets === 0 ? 'free' : tickets === 1 ? 'sold' : `sold ${tickets} times`;
    cell.className = 'seat';
    cell.classList.toggle('sold', tickets === 1);
    cell.classList.toggle('double', tickets > 1);
    cell.classList.toggle('locked', held.has(name));
    cell.textContent = tickets > 1 ? tickets : name.slice(1);
    cell.setAttribute('aria-label', `Seat ${name}, ${state}${held.has(name) ? ', locked' : ''}`);
  }
  showChosen();
}

/* Figures */

/** In the order of the log: who got a seat that somebody had before is a double booking. */
function judged() {
  const sold = new Set();
  return [...attempts.values()].sort((a, b) => a.id - b.id).map((attempt) => {
    const booked = attempt.outcome === 'Booked';
    const double = booked && sold.has(attempt.seat);
    if (booked) {
      sold.add(attempt.seat);
    }
    return { ...attempt, kind: double ? 'double' : booked ? 'sold' : attempt.outcome === 'Sold' ? 'none' : 'refused' };
  });
}

function summary(some) {
  const count = (...kinds) => some.filter((attempt) => kinds.includes(attempt.kind)).length;
  const waits = some.map((attempt) => attempt.millis).sort((a, b) => a - b);
  const at = (share) => (waits.length ? time(waits[Math.ceil(share * waits.length) - 1]) : '–');
  return {
    buyers: some.length,
    booked: count('sold', 'double'),
    'double bookings': count('double'),
    'too late': count('none'),
    'got no lock': count('refused'),
    'median wait': at(0.5),
    'longest wait': at(1),
  };
}

const time = (millis) => (millis < 1000 ? `${millis.toFixed(millis < 10 ? 1 : 0)} ms` : `${(millis / 1000).toFixed(1)} s`);

function showFigures(all) {
  const on = summary(all.filter((attempt) => attempt.locked));
  const off = summary(all.filter((attempt) => !attempt.locked));
  byId('figures').replaceChildren(...Object.keys(on).map((name) => {
    const cell = (value) => element('td', name === 'double bookings' && value > 0 ? { class: 'bad' } : {}, String(value));
    return element('tr', {}, element('th', { scope: 'row' }, name), cell(on[name]), cell(off[name]));
  }));
  const doubles = Object.values(sales).reduce((sum, buyers) => sum + Math.max(0, buyers.length - 1), 0);
  byId('doubles').textContent = doubles;
  byId('verdict').classList.toggle('bad', doubles > 0);
  byId('verdict-label').textContent = doubles === 1 ? 'double booking' : 'double bookings';
}

/* Plot: buyers from left to right in the order of their answers, waiting time upwards on a logarithmic scale. */

function showPlot(all) {
  const [left, right, top, bottom] = [52, 790, 26, 205];
  const shown = all.slice(-5 * CROWD);
  const slowest = Math.max(100, ...shown.map((attempt) => attempt.millis));
  const decades = Math.ceil(Math.log10(slowest));
  const x = (index) => left + 8 + ((right - left - 16) * index) / Math.max(CROWD, shown.length);
  const y = (millis) => bottom - ((bottom - top) * (Math.log10(Math.max(millis, 0.1)) + 1)) / (decades + 1);
  const parts = [];
  for (let power = -1; power <= decades; power++) {
    const label = power < 3 ? `${10 ** power} ms` : `${10 ** (power - 3)} s`;
    parts.push(element('line', { x1: left, x2: right, y1: y(10 ** power), y2: y(10 ** power) }));
    parts.push(element('text', { x: left - 6, y: y(10 ** power) + 4, 'text-anchor': 'end' }, label));
  }
  shown.forEach((attempt, index) => {
    if (index === 0 || attempt.locked !== shown[index - 1].locked) {
      parts.push(element('line', { class: 'edge', x1: x(index) - 3, x2: x(index) - 3, y1: top - 12, y2: bottom }));
      const atTheEdge = x(index) > right - 50;
      const label = { x: x(index) + (atTheEdge ? -7 : 3), y: top - 6, 'text-anchor': atTheEdge ? 'end' : 'start' };
      parts.push(element('text', label, attempt.locked ? 'lock on' : 'lock off'));
    }
    const size = attempt.kind === 'none' ? 2.2 : 3.2;
    parts.push(attempt.kind === 'refused'
      ? element('rect', { class: attempt.kind, x: x(index) - 3, y: y(attempt.millis) - 3, width: 6, height: 6 })
      : element('circle', { class: attempt.kind, cx: x(index), cy: y(attempt.millis), r: size }));
  });
  parts.push(element('text', { x: right, y: bottom + 18, 'text-anchor': 'end' }, 'buyers, in the order of their answers →'));
  byId('plot').replaceChildren(...parts);
  const words = Object.entries(summary(shown)).map(([name, value]) => `${name}: ${value}`);
  byId('plot').setAttribute('aria-label', shown.length ? words.join(', ') : 'No buyers yet');
}

/* Locks: those that Redis shows now, and for a moment those that were seen just before. */

function seconds(duration) {
  const [, hours = 0, minutes = 0, rest = 0] = /PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?/.exec(duration);
  return hours * 3600 + minutes * 60 + Number(rest);
}

function lifetime(lock) {
  const line = lock.waiting.length ? `, ${lock.waiting.length} in line` : '';
  return lock.remaining ? `${seconds(lock.remaining).toFixed(1)} s left${line}` : `held for ever${line}`;
}

function showLocks(locks) {
  const now = Date.now();
  locks.forEach((lock) => lately.set(lock.key, { lock, seen: now }));
  lately.forEach((entry, key) => {
    if (now - entry.seen > 3000) {
      lately.delete(key);
    }
  });
  const entries = [...lately.values()].sort((a, b) => b.seen - a.seen).slice(0, 6);
  byId('locks').replaceChildren(...entries.map(({ lock, seen }) => {
    const left = seen === now ? lifetime(lock) : 'given back';
    const fence = lock.fencingToken ? `fence ${lock.fencingToken}` : 'not taken by distlock';
    return element('li', seen === now ? {} : { class: 'over' },
      element('b', {}, lock.key), lock.instance, element('small', {}, `${fence} · ${left}`));
  }));
  byId('held').textContent = `${locks.length} held`;
  byId('nobody').hidden = entries.length > 0;
}

/* Asking the server */

async function refresh() {
  const newest = Math.max(0, ...attempts.keys());
  sales = await ask('seats');
  const live = await ask(`live?after=${Math.max(0, newest - LOOK_BACK)}`).catch((failure) => ({ failure }));
  const cleared = live.attempts && newest > 0 && !live.attempts.some((attempt) => attempt.id === newest);
  if (cleared) {
    attempts.clear();
  }
  live.attempts?.forEach((attempt) => attempts.set(attempt.id, attempt));
  const all = judged();
  showSeats(live.locks ?? []);
  showFigures(all);
  showPlot(all);
  showLocks(live.locks ?? []);
  if (live.failure) {
    throw live.failure;
  }
  if (cleared || (expected > 0 && attempts.size >= expected)) {
    finish();
  }
}

function finish() {
  expected = 0;
  byId('rush').disabled = false;
  chooseFreeRow();
  byId('news').textContent = `The rush is over: ${byId('doubles').textContent} double bookings in the hall.`;
}

function chooseFreeRow() {
  const free = ROWS.find((row) => Object.entries(sales).every(([seat, buyers]) => seat[0] !== row || !buyers.length));
  byId('row').value = free ?? byId('row').value;
}

async function poll() {
  try {
    await refresh();
    byId('trouble').hidden = true;
  } catch (failure) {
    byId('trouble').textContent = failure.message;
    byId('trouble').hidden = false;
    expected = 0;
    byId('rush').disabled = false;
  }
  setTimeout(poll, expected ? 120 : 400);
}

async function answerTo(request, success) {
  const answer = byId('answer');
  try {
    answer.value = success ? 'Waiting for the answer…' : '';
    await request;
    answer.value = success;
  } catch (failure) {
    answer.value = failure.message;
  }
}

byId('lock').addEventListener('click', () => {
  const on = byId('lock').getAttribute('aria-checked') === 'true';
  byId('lock').setAttribute('aria-checked', String(!on));
});

byId('rush').addEventListener('click', () => {
  expected = attempts.size + CROWD;
  byId('rush').disabled = true;
  byId('news').textContent = `${CROWD} buyers are on their way.`;
  const lock = byId('lock').getAttribute('aria-checked');
  answerTo(ask(`rush?row=${byId('row').value}&lock=${lock}`, { method: 'POST' }), '');
});

byId('reset').addEventListener('click', () => answerTo(ask('seats', { method: 'DELETE' }), 'All seats are free again.'));

byId('seat').addEventListener('submit', (event) => {
  event.preventDefault();
  const body = JSON.stringify({ buyer: byId('seat').buyer.value });
  const headers = { 'Content-Type': 'application/json' };
  const path = `seats/${chosen[0]}/${chosen.slice(1)}/bookings`;
  answerTo(ask(path, { method: 'POST', headers, body }), `Seat ${chosen} is yours.`);
});

byId('seat').hold.addEventListener('click', () => {
  const path = `seats/${chosen[0]}/${chosen.slice(1)}/hold`;
  answerTo(ask(path, { method: 'POST' }), `Seat ${chosen} is free for others again.`);
});

byId('instance').textContent = location.host;
buildHall();
poll().then(chooseFreeRow);
