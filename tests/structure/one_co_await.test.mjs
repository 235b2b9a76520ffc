import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './one_co_await.mjs';
import { source_files } from './source_tree.mjs';

const check = (body) => violations([{ path: 'src/x.cpp', text: `awaitable<void> f() {\n    ${body}\n}\n` }]);

test('the sources hold one plain co_await a statement', () => {
    const files = source_files();
    const awaits = files.reduce((sum, file) => sum + (file.text.match(/\bco_await\b/g) ?? []).length, 0);
    assert.ok(awaits > 20, `only ${awaits} co_await found`);
    assert.deepEqual(violations(files), []);
});

const plain = [
    'co_await f(a, b);',
    'x = co_await f();',
    'x_.y = co_await f();',
    'self->x = co_await f();',
    '*out = co_await f();',
    'return co_await f();',
    'co_return co_await f();',
    'auto x = co_await f(std::move(m));',
    'const auto x = co_await f();',
    'auto& x = co_await f();',
    'const auto&  x = co_await f();',
    'std::vector<std::pair<int, char>> x = co_await f();',
    'protocol::result<message_ptr> x = co_await f();',
    'message* x = co_await f();',
    'auto [a, b] = co_await f();',
    'const auto [ec, n] = co_await f();',
    'if (auto x = co_await f(a); !x)\n    co_return;',
    'if (a)\n    co_await f();',
    'if (f(a)) co_return co_await g();\n    else x = co_await h();',
    'for (int i = 0; i < 3; ++i)\n    co_await f();',
    'for (auto& x : xs) { auto y = co_await f(x); }',
    'while (true) { x = co_await f(); }',
    'switch (x) { case kind::a: co_return co_await f(); default: co_await g(); }',
    '// co_await co_await\n    co_await f();',
    'log("co_await { x"); co_await f();',
    'auto run = [self] { return self->read(); }; co_await f();',
    'co_spawn(ex, [self]() -> awaitable<void> { co_await self->read(); }, handler);',
    'co_await (a() || b());',
];
for (const body of plain) {
    test(`plain: ${body.replace(/\s+/g, ' ')}`, () => assert.deepEqual(check(body), []));
}

// Miscompiled by g++ 12, or one step from it.
const refused = [
    ['co_await f(msg{p, 1});', /"\{"/],
    ['co_await f({.p = p});', /"\{"/],
    ['co_await co_spawn(ex, [p] { return g(p); }, use_awaitable);', /"\["/],
    ['co_await [p]() -> awaitable<int> { co_return 1; }();', /"\["/],
    ['auto x = c ? co_await a() : b();', /before co_await/],
    ['auto x = co_await a() ? 1 : 2;', /"\?"/],
    ['msg m{co_await make(), 1};', /"\}"/],
    ['std::vector<int> v{co_await a(), co_await b()};', /"\}"/],
    ['co_await f(xs[1]);', /"\["/],
    ['xs[1] = co_await f();', /before co_await/],
    ['f(co_await g());', /before co_await/],
    ['auto x = f(co_await g());', /before co_await/],
    ['auto x = 1 + co_await g();', /before co_await/],
    ['x += co_await f();', /before co_await/],
    ['x == co_await f();', /before co_await/],
    ['int x(co_await f());', /before co_await/],
    ['co_await f(co_await g());', /second co_await/],
    ['co_return co_await a() + co_await b();', /second co_await/],
    ['if (co_await f()) return;', /before co_await/],
    ['if (!co_await f()) return;', /before co_await/],
    ['if (auto x = co_await f()) { g(); }', /"\{"/],
    ['if (int i = 0; co_await f(i)) return;', /before co_await/],
    ['while (co_await f()) g();', /before co_await/],
    ['for (auto x : co_await f()) g(x);', /before co_await/],
    ['for (int i = co_await f(); i < 3; ++i) g();', /before co_await/],
    ['(void)co_await f();', /before co_await/],
    ['\n#define AWAIT(x) co_await x\n', /macro/],
    ['f([self]() -> awaitable<void> { g(co_await self->read()); });', /before co_await/],
];
for (const [body, why] of refused) {
    test(`refused: ${body.replace(/\s+/g, ' ')}`, () => assert.match(check(body).join('\n'), why));
}

test('a finding names file and line', () => {
    assert.match(check('f();\n    g(co_await h());').join(), /^src\/x\.cpp:3: /);
});
