// Node.js, by koffi (node/package.json pins it).
//
//   login.js HOST PORT USER MODE FINGERPRINT KEY-FILE
//
// MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
// Exit status: 0 authenticated, 1 not, 2 used wrongly.
'use strict';
const koffi = require('koffi');

const [host, port, user, mode, fingerprint, keyFile] = process.argv.slice(2);
const modes = { 'password': 2, 'publickey': 3, 'keyboard-interactive': 4 };
const events = { CONNECTED: 1, DISCONNECTED: 3, KEYBOARD_INTERACTIVE: 7, SERVER_AUTHENTICATION: 8, SSH_STATUS: 9 };
const CST_AUTO = 99;
if (!keyFile || !(mode in modes) || process.env.PASSWORD === undefined) {
  console.error('usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the environment');
  process.exit(2);
}

const library = koffi.load('libipworksauth.so.0');
const Sink = koffi.proto('int Sink(void* context, int event, int count, void* param, int* cbparam)');
const evtstr = library.func('void* ipworksauth_evtstr(void* slot, int id, str value, int opt)');
const create = library.func('void* ipworksauth_sshauth_create(Sink* sink, void* context, str key, int opts)');
const declare = (result, name, ...parameters) =>
  library.func(`ipworksauth_sshauth_${name}`, result, ['void*', ...parameters]);
const sshauth = {
  destroy: declare('int', 'destroy'),
  authenticate: declare('int', 'authenticate'),
  config: declare('str', 'config', 'str'),
  getlasterror: declare('str', 'getlasterror'),
  getlasterrorcode: declare('int', 'getlasterrorcode'),
  getuser: declare('str', 'getuser'),
  getfirewalluser: declare('str', 'getfirewalluser'),
  setsshhost: declare('int', 'setsshhost', 'str'),
  setsshport: declare('int', 'setsshport', 'int'),
  setuser: declare('int', 'setuser', 'str'),
  setpassword: declare('int', 'setpassword', 'str'),
  setauthmode: declare('int', 'setauthmode', 'int'),
  setsshcertstoretype: declare('int', 'setsshcertstoretype', 'int'),
  setsshcertstore: declare('int', 'setsshcertstore', 'str', 'int'),
};

// A slot is as wide as a pointer: a text is where it points to, a number is the slot itself.
const slot = (param, i, type) => koffi.decode(param, i * koffi.sizeof('void*'), type);

// What is thrown in here comes out of `authenticate`; the library gets 0, and nothing is accepted.
function onEvent(context, event, count, param, cbparam) {
  switch (event) {
    case events.CONNECTED:
    case events.DISCONNECTED:
      console.log(event === events.CONNECTED ? 'connected' : 'disconnected',
                  slot(param, 0, 'intptr_t'), slot(param, 1, 'str'));
      break;
    case events.SSH_STATUS:
      console.log('status', slot(param, 0, 'str'));
      break;
    case events.SERVER_AUTHENTICATION: {
      const length = koffi.decode(cbparam, 'int');
      const hostKey = Buffer.from(koffi.decode(slot(param, 0, 'void*'), 'uint8_t', length));
      console.log('host key', slot(param, 2, 'str'), hostKey.toString('hex'));
      console.log('fingerprint', slot(param, 1, 'str'));
      const accept = slot(param, 1, 'str') === fingerprint ? 1 : 0;
      koffi.encode(param, 6 * koffi.sizeof('void*'), 'intptr_t', accept);
      break;
    }
    case events.KEYBOARD_INTERACTIVE:
      console.log('prompt', slot(param, 2, 'str'));
      evtstr(slot(param, 3, 'void*'), 2, process.env.PASSWORD, 1);
  }
  return 0;
}

// Registered, it lives until it is unregistered; a function passed as it is lives for one call alone.
const sink = koffi.register(onEvent, koffi.pointer(Sink));
const auth = create(sink, null, null, 0);

function call(name, ...values) {
  const got = sshauth[name](auth, ...values);
  const code = sshauth.getlasterrorcode(auth);
  if (code !== 0) throw new Error(`${code} ${sshauth.getlasterror(auth)}`);
  return got;
}

try {
  call('config', `FirewallUser=${user}`);  // what Config stores, a getter reads
  call('setsshhost', host);
  call('setsshport', Number(port));
  call('setuser', user);
  call('setpassword', process.env.PASSWORD);
  call('setsshcertstoretype', CST_AUTO);
  call('setsshcertstore', keyFile, Buffer.byteLength(keyFile));
  call('setauthmode', modes[mode]);
  console.log('user', call('getuser'));
  console.log('proxy user', call('getfirewalluser'));
  call('authenticate');
  console.log('authenticated');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  sshauth.destroy(auth);
  koffi.unregister(sink);
}
