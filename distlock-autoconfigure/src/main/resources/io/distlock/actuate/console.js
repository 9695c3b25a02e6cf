'use strict';

// Everything that comes from outside goes into the page as text, never as markup.

const PAGE = 100;
const EVERY = 1000;
const MOST_OF_A_KIND = 10;
const api = document.documentElement.dataset.api;
const find = selector => document.querySelector(selector);
const svgNamespace = 'http://www.w3.org/2000/svg';

let offset = 0;
let total = 0;
let paused = false;
let question = 0;
let asked = null;
let looked = null;

function element(name, content = '', properties = {}) {
  const made = document.createElement(name);
  made.append(...[content].flat().map(part => part instanceof Node ? part : String(part)));
  return Object.assign(made, properties);
}

function shape(name, attributes, text) {
  const made = document.createElementNS(svgNamespace, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

// ---- only what has changed is touched: focus, selection and what a screen reader reads would be lost every second ----

function write(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

function hide(node, hidden) {
  if (node.hidden !== hidden) {
    node.hidden = hidden;
  }
}

/** Children stay as long as their items do; items have an id each. */
function update(parent, items, make, fill) {
  const wanted = new Set(items.map(item => item.id));
  const focused = parent.contains(document.activeElement) && document.activeElement !== parent;
  const known = new Map();
  [...parent.children].forEach(child => {
    if (wanted.has(child.dataset.id)) {
      known.set(child.dataset.id, child);
    } else {
      child.remove();
    }
  });
  let place = parent.firstElementChild;
  items.forEach(item => {
    const child = known.get(item.id) || make(item);
    child.dataset.id = item.id;
    fill(child, item);
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
  });
  if (focused && !parent.contains(document.activeElement)) {
    parent.closest('[tabindex="-1"]')?.focus();
  }
}

const drawn = new Map();

function isNew(what, value) {
  const text = JSON.stringify(value);
  const changed = drawn.get(what) !== text;
  drawn.set(what, text);
  return changed;
}

/** Ids for items that may be there twice. */
function numbered(items, name) {
  const counts = new Map();
  return items.map(item => {
    const count = (counts.get(name(item)) || 0) + 1;
    counts.set(name(item), count);
    return { ...item, id: `${name(item)}\n${count}` };
  });
}

// ---- words ----

function time(millis) {
  if (millis === undefined || millis === null) {
    return 'for ever';
  }
  return millis < 1000 ? `${Math.round(millis)} ms`
    : millis < 120000 ? `${(millis / 1000).toFixed(1)} s`
      : `${Math.round(millis / 60000)} min`;
}

function some(texts, most) {
  const rest = texts.length - most;
  return texts.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function describe(process, thread) {
  const where = process.application ? `${process.application} on ${process.host}, process ${process.pid}` : process.instance;
  return thread ? `${where}, thread ${thread}` : where;
}

function purpose(one) {
  return one.method ? `in ${one.method}` : one.name ? `lock name ${one.name}` : '';
}

function ends(holder) {
  return holder.remaining === undefined || holder.remaining === null ? 'never' : `in ${time(holder.remaining)} unless renewed`;
}

// ---- the endpoint ----

const path = (locker, key) => `/${encodeURIComponent(locker)}?key=${encodeURIComponent(key)}`;

async function get(what) {
  const response = await fetch(api + what, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(body.detail || `answer ${response.status}`);
  }
  return body;
}

// ---- what is held and awaited ----

function rowOf(lock) {
  const key = element('button', lock.key, { type: 'button', className: 'key' });
  key.dataset.locker = lock.locker;
  key.dataset.key = lock.key;
  const cells = Array.from({ length: 5 }, () => element('td'));
  return element('tr', [element('td', [key, lock.locker === 'default' ? '' : ` at ${lock.locker}`]), ...cells]);
}

function fillRow(row, { holds, waiting }) {
  const names = new Set([...holds, ...waiting].map(one => one.name));
  const most = (field, choose) => choose(...holds.map(hold => hold[field]));
  [
    [...names].join(', '),
    holds.length === 0 ? 'elsewhere' : some(holds.map(hold => hold.thread || 'no thread'), 3),
    holds.length === 0 ? '' : time(most('held', Math.max)),
    holds.length === 0 ? '' : time(most('valid', Math.min)) + (holds.every(hold => hold.renewed) ? '' : ', not renewed'),
    waiting.length === 0 ? '' : `${waiting.length}, the first for ${time(waiting[0].waited)}`
  ].forEach((text, i) => write(row.cells[i + 1], text));
}

const lastPage = () => Math.max(0, Math.floor((total - 1) / PAGE) * PAGE);

function showLocks(report) {
  const locks = report.locks.map(lock => ({ ...lock, id: `${lock.locker}/${lock.key}` }));
  update(find('#locks tbody'), locks.length > 0 ? locks : [{ id: '' }],
    lock => lock.id === '' ? element('tr', element('td', 'Nothing is held or awaited by this instance.', { colSpan: 6 })) : rowOf(lock),
    (row, lock) => lock.id === '' || fillRow(row, lock));
  write(find('#page'), total === 0 ? '' : `${report.offset + 1} to ${report.offset + locks.length} of ${total}`);
  // a button that is disabled loses the focus
  find('#previous').setAttribute('aria-disabled', String(offset === 0));
  find('#next').setAttribute('aria-disabled', String(offset >= lastPage()));
}

function turnTo(next) {
  const page = Math.min(lastPage(), Math.max(0, next));
  if (page !== offset) {
    offset = page;
    refresh();
  }
}

// ---- contention ----

function showContention(slots) {
  if (!isNew('contention', slots)) {
    return;
  }
  const parts = slots.map(slot => [
    ['taken', Math.max(0, slot.taken - slot.waited)], ['waited', slot.waited], ['refused', slot.refused], ['lost', slot.lost]
  ]);
  const sums = parts.map(bars => bars.reduce((sum, [, count]) => sum + count, 0));
  const most = Math.max(1, ...sums);
  const width = 600 / slots.length;
  const shapes = [];
  parts.forEach((bars, i) => {
    let top = 120;
    bars.filter(([, count]) => count > 0).forEach(([kind, count]) => {
      const height = Math.max(1, count / most * 115);
      top -= height;
      shapes.push(shape('rect', { class: kind, x: i * width, y: top, width: width - 1, height }));
    });
  });
  find('#plot').replaceChildren(...shapes);
  const sum = kind => slots.reduce((all, slot) => all + slot[kind], 0);
  const seconds = slots.length < 2 ? 0 : (Date.parse(slots[1].start) - Date.parse(slots[0].start)) / 1000;
  write(find('#plot-text'), `In the last ${Math.round(seconds * slots.length / 60)} minutes: ${sum('taken')} granted, `
    + `${sum('waited')} of them after more than 5 ms, ${sum('refused')} not granted, ${sum('lost')} lost; `
    + `at most ${most} in ${seconds} seconds.`);
}

// ---- the wait-for graph ----

const NODE = 9;

// Bent to one side, so that two who wait for each other are two lines; it ends at the rim of the circle.
function bow([x1, y1], [x2, y2]) {
  const bend = 0.18;
  const cx = (x1 + x2) / 2 - (y2 - y1) * bend;
  const cy = (y1 + y2) / 2 + (x2 - x1) * bend;
  const length = Math.hypot(x2 - cx, y2 - cy) || 1;
  const rim = (NODE + 3) / length;
  return `M${x1} ${y1} Q${cx} ${cy} ${x2 - (x2 - cx) * rim} ${y2 - (y2 - cy) * rim}`;
}

// Outside of the circle of nodes, where no line runs.
function label(node, x, y) {
  const side = x > 410 ? 1 : x < 390 ? -1 : 0;
  const text = shape('text', {
    x: x + side * 18, y: side === 0 ? y + (y > 130 ? 26 : -16) : y + 4,
    'text-anchor': side > 0 ? 'start' : side < 0 ? 'end' : 'middle'
  }, node.length > 28 ? `${node.slice(0, 27)}…` : node);
  text.append(shape('title', {}, node));
  return text;
}

function draw(graph, isDead) {
  const dead = new Set(graph.deadlocks.flat());
  const nodes = [...new Set(graph.edges.flatMap(edge => [edge.holds, edge.waitsFor]))].slice(0, 24);
  const place = new Map(nodes.map((node, i) => {
    const angle = 2 * Math.PI * i / nodes.length;
    return [node, [400 + 190 * Math.cos(angle), 130 + 85 * Math.sin(angle)]];
  }));
  const drawing = find('#graph');
  drawing.toggleAttribute('hidden', nodes.length === 0);
  drawing.setAttribute('viewBox', '0 0 800 260');
  const arrow = shape('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: 'auto' });
  arrow.append(shape('path', { d: 'M0 0 L8 4 L0 8 z', fill: 'context-stroke' }));
  const between = new Map(graph.edges.filter(edge => place.has(edge.holds) && place.has(edge.waitsFor) && edge.holds !== edge.waitsFor)
    .map(edge => [`${edge.holds}\n${edge.waitsFor}`, edge]));
  const lines = [...between.values()].map(edge => shape('path', {
    d: bow(place.get(edge.holds), place.get(edge.waitsFor)), class: isDead(edge) ? 'edge dead' : 'edge', 'marker-end': 'url(#arrow)'
  }));
  const points = nodes.flatMap(node => {
    const [cx, cy] = place.get(node);
    return [shape('circle', { cx, cy, r: NODE, class: dead.has(node) ? 'dead' : '' }), label(node, cx, cy)];
  });
  drawing.replaceChildren(arrow, ...lines, ...points);
}

function showGraph(graph) {
  if (!isNew('graph', graph)) {
    return;
  }
  const isDead = edge => graph.deadlocks.some(circle => circle.includes(edge.holds) && circle.includes(edge.waitsFor));
  draw(graph, isDead);
  update(find('#edges'), graph.edges.length === 0 ? [{ id: '' }]
    : numbered(graph.edges, edge => `${edge.who}\n${edge.holds}\n${edge.waitsFor}\n${isDead(edge)}`),
  edge => edge.id === '' ? element('li', 'Nobody here waits for a lock while holding another.')
    : element('li', [edge.who, ' holds ', element('code', edge.holds), ' and waits for ', element('code', edge.waitsFor),
      isDead(edge) ? ': deadlock' : ''], { className: isDead(edge) ? 'dead' : '' }),
  () => {});
  hide(find('#incomplete'), graph.complete);
  const text = graph.deadlocks.map(circle => `Deadlock: ${circle.join(', ')} wait for each other. `).join('');
  write(find('#alarm'), text);
  hide(find('#alarm'), text === '');
}

// ---- events ----

function showEvents(events) {
  const kinds = new Map();
  const shown = events.filter(event => {
    kinds.set(event.what, (kinds.get(event.what) || 0) + 1);
    return kinds.get(event.what) <= MOST_OF_A_KIND;
  });
  update(find('#events tbody'), shown.length === 0 ? [{ id: '' }]
    : numbered(shown.reverse(), event => [event.time, event.what, event.locker, event.key].join('\n')).reverse(),
  event => event.id === '' ? element('tr', element('td', 'Nothing unusual has happened.', { colSpan: 5 }))
    : element('tr', [
      element('td', new Date(event.time).toLocaleTimeString()),
      element('td', event.what, { className: event.what }),
      element('td', [element('code', event.key), event.locker === 'default' ? '' : ` at ${event.locker}`]),
      element('td', event.name),
      element('td', event.detail)
    ]),
  () => {});
}

// ---- one key ----

function factsOf(report) {
  const holder = report.holder;
  if (!holder) {
    return [['Key', report.key, true], ['Held by', 'nobody']];
  }
  const own = ['instance', 'thread', 'name', 'method', 'holds', 'permits'];
  return [
    ['Key', report.key, true],
    ['Held by', report.sharers.length > 0 ? some([...new Set(report.sharers.map(one => describe(one.process)))], 3)
      : describe(holder.process, holder.thread)],
    ['Name', holder.name || (report.sharers[0] || {}).name || 'unknown'],
    ['Method', holder.method],
    ['Since', holder.since ? new Date(holder.since).toLocaleString() : 'unknown'],
    ['Ends', ends(holder)],
    ['Fence', String(holder.fence ?? 'none')],
    ...Object.entries(holder.metadata).filter(([name]) => !own.includes(name))
      .map(([name, value]) => [name === 'traceparent' ? 'Trace' : name, value, true])
  ].filter(([, value]) => value);
}

function showFacts(facts) {
  update(find('#facts'), facts.flatMap(([name, value, exact]) => [{ id: `dt ${name}`, name }, { id: `dd ${name}`, value, exact }]),
    item => item.name !== undefined ? element('dt', item.name) : element('dd', item.exact ? element('code') : ''),
    (node, item) => item.name !== undefined || write(item.exact ? node.firstChild : node, item.value));
}

function sharerOf(sharer) {
  const free = element('button', 'Free by force …', { type: 'button' });
  free.dataset.token = sharer.token;
  free.setAttribute('aria-label', `Free by force the hold of ${describe(sharer.process, sharer.thread)}, fence ${sharer.fence}`);
  return element('li', [element('span'), free]);
}

function showKey(report) {
  looked = report;
  hide(find('#key'), false);
  hide(find('#key-trouble'), true);
  showFacts(factsOf(report));
  hide(find('#free-it'), !report.holder || report.sharers.length > 0);
  hide(find('#shared'), report.sharers.length === 0);
  update(find('#sharers'), report.sharers.map(one => ({ ...one, id: one.token })), sharerOf,
    (node, one) => write(node.firstChild, [describe(one.process, one.thread), purpose(one),
      `since ${new Date(one.since).toLocaleString()}`, `fence ${one.fence}`].filter(Boolean).join(', ')));
  const line = numbered(report.waiting, one => `${one.process.instance} ${one.thread}`);
  update(find('#line'), line.length > 0 ? line : [{ id: '' }], () => element('li'),
    (node, one) => write(node, one.id === '' ? 'nobody' : [describe(one.process, one.thread), purpose(one),
      one.holds.length > 0 ? `holding ${one.holds.join(', ')}` : ''].filter(Boolean).join(', ')));
}

async function showAsked() {
  const about = asked;
  if (!about) {
    return;
  }
  try {
    const report = await get(path(about.locker, about.key));
    if (about === asked) {
      showKey(report);
    }
  } catch (failure) {
    if (about === asked) {
      write(find('#key-trouble'), failure.message);
      hide(find('#key-trouble'), false);
      hide(find('#key'), true);
    }
  }
}

function ask(locker, key) {
  asked = { locker, key };
  find('#ask').elements.locker.value = locker;
  find('#ask').elements.key.value = key;
  answer('');
  return showAsked();
}

// ---- freeing ----

let freeing = null;

/** Stays until it is dismissed, or something else is done. */
function answer(text) {
  write(find('#answer-text'), text);
  hide(find('#dismiss'), text === '');
}

function confirmFreeing(report, holder) {
  freeing = { locker: report.locker, key: report.key, token: holder.token };
  answer('');
  find('#free-title code').textContent = report.key;
  find('#free-holder').textContent = `Held by ${describe(holder.process, holder.thread)}.`;
  find('#sure').checked = false;
  find('#really').disabled = true;
  find('#free').returnValue = '';
  find('#free').showModal();
}

async function free({ locker, key, token }) {
  try {
    const address = `${api}${path(locker, key)}&token=${encodeURIComponent(token)}`;
    const response = await fetch(address, { method: 'DELETE', headers: { Accept: 'application/json' } });
    const body = await response.json().catch(() => ({}));
    const refused = response.status === 405 || response.status === 401 || response.status === 403;
    answer(body.detail && !refused ? body.detail
      : refused ? 'Not freed: set management.endpoint.distlock.access=unrestricted, and be allowed to.'
        : `Not freed: answer ${response.status}`);
  } catch (failure) {
    answer(`Nobody knows whether '${key}' was freed: ${failure.message}`);
  }
  find('#answer').focus();
  await showAsked();
}

// ---- all together ----

function state(live, text) {
  document.body.dataset.live = live ? 'yes' : 'no';
  write(find('#state'), text);
}

async function refresh() {
  const mine = ++question;
  try {
    const report = await get(`?offset=${offset}&limit=${PAGE}`);
    if (mine !== question) {
      return;
    }
    total = report.total;
    if (offset > lastPage()) {
      offset = lastPage();
      await refresh();
      return;
    }
    showLocks(report);
    showContention(report.contention);
    showGraph(report.graph);
    showEvents(report.events);
    await showAsked();
    state(true, paused ? 'Paused' : 'Live');
  } catch (failure) {
    if (mine === question) {
      state(false, `Not live: ${failure.message}`);
    }
  }
}

async function live() {
  if (!paused && !document.hidden) {
    await refresh();
  }
  setTimeout(live, EVERY);
}

find('#pause').addEventListener('click', event => {
  paused = !paused;
  event.target.setAttribute('aria-pressed', String(paused));
  write(find('#state'), paused ? 'Paused' : 'Live');
});
find('#previous').addEventListener('click', () => turnTo(offset - PAGE));
find('#next').addEventListener('click', () => turnTo(offset + PAGE));
find('#locks').addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button) {
    ask(button.dataset.locker, button.dataset.key);
  }
});
find('#ask').addEventListener('submit', event => {
  event.preventDefault();
  ask(event.target.elements.locker.value.trim(), event.target.elements.key.value);
});
find('#free-it').addEventListener('click', () => confirmFreeing(looked, looked.holder));
find('#sharers').addEventListener('click', event => {
  const button = event.target.closest('button');
  const sharer = button && looked.sharers.find(one => one.token === button.dataset.token);
  if (sharer) {
    confirmFreeing(looked, sharer);
  }
});
find('#dismiss').addEventListener('click', () => {
  answer('');
  find('#locks').focus();
});
find('#sure').addEventListener('change', event => {
  find('#really').disabled = !event.target.checked;
});
find('#free').addEventListener('close', () => {
  if (find('#free').returnValue === 'free' && find('#sure').checked) {
    free(freeing);
  }
});

live();
