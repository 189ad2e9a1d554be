<?php
// PHP, by its FFI (php -d ffi.enable=1).
//
//   login.php HOST PORT USER MODE FINGERPRINT KEY-FILE
//
// MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
// Exit status: 0 authenticated, 1 not, 2 used wrongly.
declare(strict_types=1);

const CONNECTED = 1, DISCONNECTED = 3, KEYBOARD_INTERACTIVE = 7, SERVER_AUTHENTICATION = 8, SSH_STATUS = 9;
const CST_AUTO = 99;
const MODES = ['password' => 2, 'publickey' => 3, 'keyboard-interactive' => 4];

$library = FFI::cdef('
    typedef int (*callback)(void* context, int event, int count, intptr_t* param, int* cbparam);
    void* ipworksauth_evtstr(intptr_t slot, int id, const char* value, int opt);
    void* ipworksauth_sshauth_create(callback sink, void* context, const char* key, int opts);
    int ipworksauth_sshauth_destroy(void* obj);
    int ipworksauth_sshauth_authenticate(void* obj);
    const char* ipworksauth_sshauth_config(void* obj, const char* setting);
    const char* ipworksauth_sshauth_getlasterror(void* obj);
    int ipworksauth_sshauth_getlasterrorcode(void* obj);
    const char* ipworksauth_sshauth_getuser(void* obj);
    const char* ipworksauth_sshauth_getfirewalluser(void* obj);
    int ipworksauth_sshauth_setsshhost(void* obj, const char* host);
    int ipworksauth_sshauth_setsshport(void* obj, int port);
    int ipworksauth_sshauth_setuser(void* obj, const char* user);
    int ipworksauth_sshauth_setpassword(void* obj, const char* password);
    int ipworksauth_sshauth_setauthmode(void* obj, int mode);
    int ipworksauth_sshauth_setsshcertstoretype(void* obj, int type);
    int ipworksauth_sshauth_setsshcertstore(void* obj, const char* data, int len);
', 'libipworksauth.so.0');

$password = getenv('PASSWORD');
if ($argc !== 7 || !isset(MODES[$argv[4]]) || $password === false) {
    fwrite(STDERR, "usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the environment\n");
    exit(2);
}
[, $host, $port, $user, $mode, $fingerprint, $keyFile] = $argv;

// PHP keeps the closure until the program ends. What is thrown in it and not caught in it ends the program.
$sink = function ($context, $event, $count, $param, $cbparam) use ($library, $fingerprint, $password) {
    // A slot is as wide as a pointer; declared as a number it can be read whichever of the two is in it.
    $text = fn (int $i): string => FFI::string(FFI::cast('char*', $param[$i]));
    switch ($event) {
        case CONNECTED:
        case DISCONNECTED:
            echo $event === CONNECTED ? 'connected' : 'disconnected', " {$param[0]} {$text(1)}\n";
            break;
        case SSH_STATUS:
            echo "status {$text(0)}\n";
            break;
        case SERVER_AUTHENTICATION:
            $hostKey = FFI::string(FFI::cast('char*', $param[0]), $cbparam[0]);
            echo "host key {$text(2)} ", bin2hex($hostKey), "\nfingerprint {$text(1)}\n";
            $param[6] = $text(1) === $fingerprint ? 1 : 0;
            break;
        case KEYBOARD_INTERACTIVE:
            echo "prompt {$text(2)}\n";
            $library->ipworksauth_evtstr($param[3], 2, $password, 1);
    }
    return 0;
};
$auth = $library->ipworksauth_sshauth_create($sink, null, null, 0);

$call = function (string $name, ...$values) use ($library, $auth) {
    $got = $library->{"ipworksauth_sshauth_$name"}($auth, ...$values);
    if (($code = $library->ipworksauth_sshauth_getlasterrorcode($auth)) !== 0) {
        throw new RuntimeException("$code " . $library->ipworksauth_sshauth_getlasterror($auth));
    }
    return $got;
};

$status = 0;
try {
    $call('config', "FirewallUser=$user"); // what Config stores, a getter reads
    $call('setsshhost', $host);
    $call('setsshport', (int) $port);
    $call('setuser', $user);
    $call('setpassword', $password);
    $call('setsshcertstoretype', CST_AUTO);
    $call('setsshcertstore', $keyFile, strlen($keyFile));
    $call('setauthmode', MODES[$mode]);
    echo "user {$call('getuser')}\nproxy user {$call('getfirewalluser')}\n";
    $call('authenticate');
    echo "authenticated\n";
} catch (RuntimeException $e) {
    fwrite(STDERR, $e->getMessage() . "\n");
    $status = 1;
}
$library->ipworksauth_sshauth_destroy($auth);
exit($status);
