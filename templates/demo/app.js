// The try-it page. What it shows comes from /api/state and is drawn anew when it changes; nothing is kept here but what is open.
'use strict';

const SPEEDS = [[1, '1×', 'as on the wall'], [60, '60×', 'a minute in a second'], [3600, '3600×', 'an hour in a second']];
const SHAPES = [['gmail', 'Gmail'], ['outlook', 'Outlook'], ['iphone', 'iPhone'], ['automatic', 'Automatic']];
const ROLES = {client: 'Client', candidate: 'Candidates', recruiter: 'Recruiter'};
const BANDS = {act: 'sure enough to act', ask: 'not sure: asks back', human: 'for a person'};
const DOUBTS = {whom: 'About whom?', what: 'What is meant?', unclear: 'Not understood', empty: 'No words at all', unreadable: 'Cannot be read'};

const by = id => document.getElementById(id);
let state = null;          // what the server said last
let told = 0;              // when it said what time it is
let open = {person: 0, mail: null};
let shown = 'html';
let detail = null;         // the opened mail
let writing = null;        // what the reply box answers
let batch = null;          // the batch in the side panel, when chosen by hand
let shape = 'gmail';
let clicked = null;        // serial of the last mailto click known
let pending = null;        // a mailto click that waits for this page to be in front
let arrived = null;        // mails per mailbox, to announce new ones

// --- small tools ------------------------------------------------------------------------------------------------------

function el(tag, props, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {})) {
        if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
        else if (name.startsWith('aria-')) node.setAttribute(name, String(value));
        else if (value === true) node.setAttribute(name, '');
        else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== ''));
    return node;
}

// Draws a part anew when what it shows has changed; the focus stays on what carries the same data-id. A press that lands on one
// node and lifts off another is no click: while something is held down, nothing is replaced under it.
const drawn = new Map();
let held = false, waiting = false;
function draw(part, what, nodes) {
    const key = JSON.stringify(what);
    if (drawn.get(part) === key) return;
    if (held) { waiting = true; return; }
    drawn.set(part, key);
    const focused = part.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    part.replaceChildren(...nodes());
    if (focused) part.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
}

function letGo() {
    held = false;
    // After the click that follows.
    if (waiting) setTimeout(() => { waiting = false; drawAll(); drawMail(); });
}
addEventListener('pointerdown', () => { held = true; }, true);
for (const end of ['pointerup', 'pointercancel', 'dragend']) addEventListener(end, letGo, true);
addEventListener('blur', letGo);

async function post(path, body) {
    const answer = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
    const text = await answer.text();
    const value = text ? JSON.parse(text) : null;
    if (!answer.ok) throw new Error(value?.error || answer.statusText);
    return value;
}

let toastEnds = 0;
function say(text) {
    by('toast').textContent = text;
    clearTimeout(toastEnds);
    toastEnds = setTimeout(() => { by('toast').textContent = ''; }, 5000);
}

function go(view) {
    document.body.dataset.view = view;
    for (const tab of document.querySelectorAll('.tabs button')) tab.setAttribute('aria-current', tab.dataset.go === view);
}

// --- time -------------------------------------------------------------------------------------------------------------

const formats = new Map();
function format(at, options) {
    const key = JSON.stringify(options);
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat('en-GB', {timeZone: state.clock.zone, ...options}));
    return formats.get(key).format(new Date(at));
}
const hour = {hour: '2-digit', minute: '2-digit'};
const day = {weekday: 'short', day: 'numeric', month: 'short'};
const dayAndHour = at => `${format(at, day)}, ${format(at, hour)}`;

function now() {
    const said = Date.parse(state.clock.now);
    // When time runs fast the server tells it several times a second.
    return state.clock.speed > 1 && !state.clock.held ? said : said + (performance.now() - told);
}

function short(at) {
    return format(at, day) === format(now(), day) ? format(at, hour) : dayAndHour(at);
}

function relative(at) {
    const minutes = Math.round((Date.parse(at) - now()) / 60000);
    if (minutes < 1) return 'now';
    if (minutes < 60) return `in ${minutes} min`;
    if (minutes < 48 * 60) return `in ${Math.round(minutes / 60)} h`;
    return `in ${Math.round(minutes / 1440)} days`;
}

function drawTime() {
    if (!state) return;
    const at = now();
    by('clock').textContent = `${format(at, {weekday: 'short', day: 'numeric', month: 'short', year: 'numeric'})}, ${format(at, hour)} ${zoneName()}`;
    by('clock').dateTime = new Date(at).toISOString();
    const next = state.next;
    const held = state.clock.held && state.clock.speed > 1 ? 'Time runs normally while a page or a reply is open. ' : '';
    by('next').textContent = held + (next ? `Next, ${relative(next.at)}: ${next.what}` : 'Nothing is scheduled.');
    by('jump').disabled = !next || jumping;
    for (const one of document.querySelectorAll('[data-until]')) one.textContent = relative(one.dataset.until);
}

function zoneName() {
    return state.clock.zone.split('/').pop().replace('_', ' ');
}

function drawSpeeds() {
    const speed = state.clock.speed;
    const all = SPEEDS.some(([known]) => known === speed) ? SPEEDS : [...SPEEDS, [speed, `${speed}×`, `${speed} times as fast`]];
    draw(by('speeds'), [speed, all.length], () => [
        el('legend', {class: 'sr'}, 'How fast time runs'),
        ...all.map(([value, label, title]) => el('label', {title},
            el('input', {type: 'radio', name: 'speed', value, checked: value === speed, 'data-id': `speed${value}`, 'aria-label': `${label}, ${title}`,
                onchange: () => post('/api/clock', {speed: value}).catch(problem)}), label)),
    ]);
}

let jumping = false;
async function jump() {
    const what = state.next?.what;
    jumping = true;
    by('jump').disabled = true;
    try {
        const answer = await post('/api/clock', {jump: {}});
        setClock(answer.clock);
        say(answer.moved ? `${dayAndHour(state.clock.now)}: ${what}` : 'Nothing is scheduled.');
    } catch (error) { problem(error); }
    jumping = false;
    drawTime();
    by('jump').focus();
}

function setClock(clock) {
    state.clock = clock;
    told = performance.now();
    drawTime();
    drawSpeeds();
}

// --- mailboxes and lists ----------------------------------------------------------------------------------------------

function drawBoxes() {
    const what = [open.person, state.people.map(one => [one.name, one.unread, one.of])];
    draw(by('boxes'), what, () => Object.entries(ROLES).flatMap(([role, title]) => {
        const people = state.people.map((one, number) => ({...one, number})).filter(one => one.role === role);
        if (!people.length) return [];
        const box = one => el('li', {}, el('button', {
            type: 'button', class: 'box', 'data-id': `box${one.number}`, 'aria-current': one.number === open.person, onclick: () => openBox(one.number),
        }, el('span', {class: 'name'}, one.name), one.unread ? el('span', {class: 'badge'}, String(one.unread), el('span', {class: 'sr'}, ' unread')) : null,
        el('small', {}, role === 'recruiter' ? 'your recruiter' : one.of)));
        return [el('h2', {id: `role-${role}`}, title), el('ul', {'aria-labelledby': `role-${role}`}, people.map(box))];
    }));
}

function drawList() {
    const who = state.people[open.person];
    draw(by('list'), [open, who, state.clock.zone, format(now(), day)], () => [
        el('h2', {}, who.name),
        el('p', {}, who.address),
        who.mails.length ? el('ul', {}, who.mails.map(row)) : el('p', {class: 'empty'}, empty(who)),
    ]);
}

function empty(who) {
    const first = who.name.split(' ')[0];
    if (who.role === 'candidate') return `No mail for ${first} yet: replyd writes as soon as the client wants to meet ${first}. The client never learns this address.`;
    return 'No mail yet.';
}

function row(mail) {
    return el('li', {}, el('button', {
        type: 'button', class: mail.unread ? 'entry unread' : 'entry', 'data-id': `mail${mail.mail}`, 'aria-current': mail.mail === open.mail,
        onclick: () => openMail(open.person, mail.mail),
    },
    el('span', {class: 'top'}, el('span', {class: 'with'}, mail.unread ? el('span', {class: 'sr'}, 'Unread: ') : null, mail.with), el('span', {class: 'at'}, format(mail.at, day) === format(now(), day) ? format(mail.at, hour) : format(mail.at, {day: 'numeric', month: 'short'}))),
    el('span', {class: 'subject'}, mail.subject), el('span', {class: 'gist'}, mail.gist)));
}

function openBox(person) {
    closeReply();
    open = {person, mail: null};
    detail = null;
    go('list');
    const newest = state.people[person].mails[0];
    if (newest && matchMedia('(min-width:46.01rem)').matches) openMail(person, newest.mail, false);
    else { drawAll(); drawMail(); }
}

async function openMail(person, mail, focus = true) {
    closeReply();
    open = {person, mail};
    drawAll();
    if (detail) drawMail();
    try {
        const answer = await fetch(`/api/mail/${person}/${mail}`);
        const found = await answer.json();
        if (!answer.ok) throw new Error(found.error);
        if (open.person !== person || open.mail !== mail) return;
        detail = {...found, person, mail};
    } catch (error) { problem(error); return; }
    batch = detail.batch ?? batch;
    if (!detail.has_html && shown === 'html') shown = 'text';
    drawMail();
    drawPanel();
    if (focus) { go('mail'); by('mail').focus(); }
    post('/api/opened', {person, mail}).catch(problem);
}

// --- the opened mail --------------------------------------------------------------------------------------------------

// What is shown is still the mail before.
const loading = () => !!detail && (detail.person !== open.person || detail.mail !== open.mail);

// Four parts, so that the frame with the mail is not loaded anew when the reply box opens.
function drawMail() {
    draw(by('head'), [detail, shown, !!writing, loading()], head);
    if (loading()) return;
    draw(by('reading'), [detail?.reading], () => (detail?.reading ? reading(detail.reading) : []));
    by('reading').hidden = !detail?.reading;
    draw(by('content'), [open, shown, detail?.at, !detail && state.people[open.person].mails.length > 0], content);
    draw(by('answer'), [writing?.key], () => (writing ? [replyBox()] : []));
    by('answer').hidden = !writing;
}

function head() {
    if (!detail) return [];
    const forms = [['html', 'HTML'], ['text', 'Plain text'], ['source', 'Source']].filter(([form]) => form !== 'html' || detail.has_html);
    return [
        el('h2', {}, detail.subject || '(no subject)'),
        el('p', {class: 'who'}, el('b', {}, detail.from), ` to ${detail.to} · ${dayAndHour(detail.at)}`),
        el('div', {class: 'tools'},
            el('fieldset', {class: 'pick3'}, el('legend', {class: 'sr'}, 'Show the mail as'), forms.map(([form, label]) =>
                choice('form', form, label, form === shown, () => { shown = form; drawMail(); }))),
            detail.reply_to && !writing ? el('button', {type: 'button', class: 'main', 'data-id': 'reply', disabled: loading(), onclick: () => reply()}, 'Reply') : null),
    ];
}

function choice(group, value, label, checked, onchange) {
    return el('label', {}, el('input', {type: 'radio', name: group, value, checked, 'data-id': `${group}-${value}`, onchange}), label);
}

function content() {
    if (!detail) return [el('p', {class: 'nothing'}, state.people[open.person].mails.length ? 'Open a mail to read it, press its buttons, and answer it.' : 'This mailbox is empty.')];
    if (shown === 'html' && detail.has_html) {
        // No script, no form, no way to this page: see also the policy in the document's own header.
        return [el('iframe', {class: detail.sent ? 'frame sent' : 'frame', sandbox: 'allow-popups allow-popups-to-escape-sandbox', referrerpolicy: 'no-referrer',
            src: `/mail/${open.person}/${open.mail}`, title: `Mail: ${detail.subject}`})];
    }
    return [el('pre', {class: 'paper', tabindex: '0', 'aria-label': shown === 'source' ? 'Source' : 'Plain text'}, shown === 'source' ? detail.source : detail.text)];
}

function reading(of) {
    const finding = one => el('li', {}, el('b', {}, one.about ? `${one.about}: ${one.says}` : one.says), one.words ? ` — “${one.words}” ` : ' ',
        el('span', {class: `band ${one.band}`}, BANDS[one.band]));
    const doubt = one => el('li', {}, el('b', {}, DOUBTS[one.kind]), one.words ? ` — “${one.words}”` : '');
    return [el('h3', {}, 'How replyd reads this'),
        of.machine ? el('p', {}, of.machine) : null,
        of.own ? el('blockquote', {}, of.own) : null,
        el('ul', {}, of.findings.map(finding), of.doubts.map(doubt)),
        el('details', {}, el('summary', {}, 'Whose words each part is'),
            el('div', {class: 'spans', tabindex: '0'}, of.spans.map(span => el('span', {class: span.label === 'own' ? 'own' : 'other', title: `${span.label.replaceAll('_', ' ')}: ${span.why}`}, span.text))))].filter(Boolean);
}

// --- the reply box ----------------------------------------------------------------------------------------------------

let holding = 0;
function reply(prefilled) {
    writing = {
        key: `${open.person}/${open.mail}/${prefilled?.serial ?? ''}`,
        person: open.person,
        answers: prefilled ? null : open.mail,
        to: prefilled?.to ?? detail.reply_to,
        subject: prefilled?.subject ?? (/^re:/i.test(detail.subject) ? detail.subject : `Re: ${detail.subject}`),
        words: prefilled?.body ?? '',
    };
    if (shape === 'automatic') shape = 'gmail';
    drawMail();
    go('mail');
    document.body.dataset.writing = '';
    by('words').focus();
    // Time runs normally while somebody writes.
    const hold = () => { if (state.clock.speed > 1) post('/api/clock', {hold: 20}).catch(() => {}); };
    hold();
    clearInterval(holding);
    holding = setInterval(hold, 8000);
}

function closeReply() {
    if (!writing) return;
    writing = null;
    delete document.body.dataset.writing;
    clearInterval(holding);
    if (state.clock.speed > 1) post('/api/clock', {release: {}}).catch(() => {});
    drawMail();
}

function replyBox() {
    const who = state.people[writing.person];
    const fits = SHAPES.filter(([name]) => name !== 'automatic' || (writing.answers !== null && who.role === 'client'));
    return el('form', {class: 'reply', id: 'reply', 'aria-label': `Reply as ${who.name}`, onsubmit: send, onkeydown: keys},
        el('h3', {}, `Reply as ${who.name} `, el('span', {class: 'to', title: writing.to}, `to ${detail.from}`)),
        writing.answers !== null && detail.suggestions.length ? el('div', {}, el('p', {class: 'label', id: 'ideas'}, 'Say, for instance'),
            el('div', {class: 'chips', role: 'group', 'aria-labelledby': 'ideas'}, detail.suggestions.map(one => el('button', {type: 'button', title: one.words, onclick: () => suggest(one)}, one.label)))) : null,
        el('div', {}, el('label', {class: 'label', for: 'words'}, 'Your words'), Object.assign(el('textarea', {id: 'words', rows: '3', maxlength: '20000', 'aria-describedby': 'note'}), {value: writing.words})),
        el('fieldset', {class: 'with'}, el('legend', {class: 'label'}, 'Written with'), el('div', {class: 'pick3'}, fits.map(([name, label]) =>
            choice('shape', name, label, name === shape, () => { shape = name; note(); })))),
        el('p', {class: 'soft', id: 'note'}, noteText()),
        el('div', {class: 'line1'}, el('label', {class: 'label', for: 'subject'}, 'Subject'), el('input', {id: 'subject', maxlength: '200', autocomplete: 'off', value: writing.subject})),
        el('div', {class: 'row send'}, el('p', {class: 'problem', id: 'problem', role: 'alert'}), el('button', {type: 'submit', class: 'main', id: 'send'}, 'Send'), el('button', {type: 'button', class: 'plain', onclick: () => { closeReply(); by('mail').focus(); }}, 'Cancel')));
}

function noteText() {
    if (writing.answers === null) return 'A mail of its own, as after a click on “or by mail”: it quotes nothing.';
    return {
        gmail: 'Below your words goes the letter, quoted as Gmail does: “On … wrote:” and a line at its side.',
        outlook: 'Below your words goes the letter, as Outlook does: a block of From, Sent, To, Subject, and no mark on any line.',
        iphone: 'Below your words goes “Sent from my iPhone” and the letter, quoted as a phone does.',
        automatic: 'Sent by the mailbox itself, as a vacation responder does. It must decide nothing.',
    }[shape];
}

function note() {
    by('note').textContent = noteText();
    for (const one of document.querySelectorAll('input[name=shape]')) one.checked = one.value === shape;
}

function suggest(one) {
    by('words').value = one.words;
    if (one.automatic) shape = 'automatic';
    else if (shape === 'automatic') shape = 'gmail';
    note();
    by('words').focus();
}

function keys(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) by('reply').requestSubmit();
    if (event.key === 'Escape') { closeReply(); by('mail').focus(); }
}

async function send(event) {
    event.preventDefault();
    const words = by('words').value;
    if (!words.trim() && writing.answers !== null) {
        by('problem').textContent = 'Type a few words first, or pick some above.';
        by('words').focus();
        return;
    }
    by('send').disabled = true;
    const {person, answers, to} = writing;
    try {
        const sent = await post('/api/send', {person, answers, to, subject: by('subject').value, words, shape});
        closeReply();
        await openMail(person, sent.mail);
        say(state.people[person].role === 'recruiter' || detail.reading?.machine ? 'Sent. This is what becomes of it.' : 'Sent. This is how replyd reads it; its answer comes in a moment.');
    } catch (error) {
        by('problem').textContent = error.message;
        by('send').disabled = false;
    }
}

// --- the side panel ---------------------------------------------------------------------------------------------------

let seen = 0;
function drawPanel() {
    const of = state.batches.find(one => one.id === batch) || state.batches[0];
    draw(by('panel'), [of, state.batches.length, format(now(), day)], () => {
        if (!of) return [el('p', {class: 'empty'}, 'No batch yet.')];
        const fresh = Math.max(0, of.timeline.length - (seen || of.timeline.length));
        seen = of.timeline.length;
        return [
            el('h2', {}, of.project),
            el('p', {class: 'about'}, `${of.contact}, ${of.client} · ${of.reference}${of.taken ? ' · a recruiter drives' : ''}`),
            state.batches.length > 1 ? el('select', {'aria-label': 'Batch', 'data-id': 'batch', onchange: event => { batch = Number(event.target.value); seen = 0; drawPanel(); }},
                state.batches.map(one => el('option', {value: one.id, selected: one.id === of.id}, `${one.project}, ${one.client}`))) : null,
            el('h3', {}, 'The candidates'),
            el('ul', {class: 'stand'}, of.candidates.map(one => el('li', {},
                el('div', {class: 'top'}, el('span', {class: 'name'}, one.name), el('span', {class: `mark ${one.tone}`}, one.label)),
                one.beside ? el('p', {}, one.beside) : null,
                one.until ? el('p', {}, 'Takes effect ', el('span', {'data-until': one.until}, relative(one.until)), `, at ${short(one.until)}. Until then it can be undone.`) : null,
                one.reasons.length ? el('p', {}, `Reason: ${one.reasons.join(', ')}`) : null))),
            el('h3', {}, 'What comes next'),
            of.next.length ? el('ul', {class: 'coming'}, of.next.map(one => el('li', {}, el('span', {class: 'in', 'data-until': one.at}, relative(one.at)), el('span', {}, one.what), el('small', {}, dayAndHour(one.at)))))
                : el('p', {class: 'soft'}, 'Nothing by itself: replyd waits for people.'),
            el('h3', {}, 'What happened'),
            el('ol', {}, of.timeline.map((one, place) => el('li', {class: `line ${one.tone}${place < fresh ? ' new' : ''}`},
                el('div', {class: 'top'}, el('span', {class: 'title'}, one.title), el('time', {datetime: one.at}, short(one.at))),
                el('p', {class: 'detail'}, one.about ? `${one.about}: ${one.detail}` : one.detail),
                one.words ? el('q', {}, one.words) : null))),
        ].filter(Boolean);
    });
}

// --- another batch ----------------------------------------------------------------------------------------------------

async function putForward(event) {
    event.preventDefault();
    const form = by('batch-form');
    const data = new FormData(form);
    const [names, lines] = [data.getAll('name'), data.getAll('summary')];
    const candidates = names.map((name, place) => ({name: name.trim(), summary: lines[place].trim()})).filter(one => one.name || one.summary);
    const company = data.get('company'), contact = data.get('contact'), role = data.get('role');
    try {
        const made = await post('/api/batch', {company, contact, role, candidates});
        by('batch').close();
        by('batch-problem').textContent = '';
        batch = made.batch;
        seen = 0;
        awaited = contact.trim();
        say(`Put forward. ${awaited} gets the mail.`);
        drawAll();
    } catch (error) { by('batch-problem').textContent = error.message; }
}
let awaited = null;        // whose first mail is to be opened

// --- what the server says ---------------------------------------------------------------------------------------------

function drawAll() {
    if (!state) return;
    drawSpeeds();
    drawTime();
    drawBoxes();
    drawList();
    drawPanel();
}

function take(news) {
    const first = state === null;
    state = news;
    told = performance.now();
    by('lost').hidden = true;
    const count = state.people.map(one => one.mails.filter(mail => !mail.sent).length);
    if (!first) {
        const came = state.people.filter((one, number) => count[number] > (arrived[number] ?? 0)).map(one => one.name);
        if (came.length && !writing) say(`New mail for ${came.join(' and ')}`);
    }
    arrived = count;
    if (clicked === null) clicked = news.compose?.serial ?? 0;
    drawAll();
    if (first) { drawMail(); go('list'); }
    if (awaited) {
        const person = state.people.findIndex(one => one.name === awaited && one.mails.length);
        if (person >= 0) { awaited = null; openBox(person); }
    } else if (!detail && open.mail === null && state.people[open.person].mails.length && matchMedia('(min-width:46.01rem)').matches) {
        openMail(open.person, state.people[open.person].mails[0].mail, false);
    }
    const link = news.compose;
    if (link && link.serial > clicked) {
        clicked = link.serial;
        pending = {link, until: performance.now() + 5000};
        follow();
    }
}

// A mailto link was clicked in some window of this demo: the one that shows the mail and is in front opens the reply box.
function follow() {
    if (!pending || document.hidden) return;
    const {link, until} = pending;
    pending = null;
    if (performance.now() < until && link.person === open.person && link.mail === open.mail && detail && !loading()) { closeReply(); reply(link); }
}
document.addEventListener('visibilitychange', follow);

let heard = 0;
async function ask() {
    try {
        const answer = await fetch('/api/state');
        if (!answer.ok) throw new Error(answer.statusText);
        take(await answer.json());
    } catch { by('lost').hidden = false; }
}

function listen() {
    if (!('EventSource' in window)) return;
    const source = new EventSource('/api/events');
    source.addEventListener('state', event => { heard = performance.now(); take(JSON.parse(event.data)); });
    source.addEventListener('clock', event => { heard = performance.now(); by('lost').hidden = true; if (state) setClock(JSON.parse(event.data)); });
    source.addEventListener('error', () => { if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000); });
}

function problem(error) {
    say(error.message);
}

listen();
// Without a word from the server for longer than its time signal takes: ask.
setInterval(() => { if (performance.now() - heard > 12000) ask(); }, 2000);
setTimeout(() => { if (!state) ask(); }, 1500);
setInterval(drawTime, 1000);
by('jump').addEventListener('click', jump);
by('enough').addEventListener('click', () => { by('first').hidden = true; by('jump').focus(); });
by('another').addEventListener('click', () => by('batch').showModal());
by('batch-cancel').addEventListener('click', () => by('batch').close());
by('batch-form').addEventListener('submit', putForward);
for (const tab of document.querySelectorAll('.tabs button')) tab.addEventListener('click', () => go(tab.dataset.go));
