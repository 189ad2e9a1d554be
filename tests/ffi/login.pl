#!/usr/bin/env perl
# Perl, by FFI::Platypus.
#
#   login.pl HOST PORT USER MODE FINGERPRINT KEY-FILE
#
# MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
# Exit status: 0 authenticated, 1 not, 2 used wrongly.
use v5.36;
use FFI::Platypus 2.00;
use FFI::Platypus::Buffer qw(buffer_to_scalar scalar_to_buffer);
use FFI::Platypus::Memory qw(memcpy);

use constant {CONNECTED => 1, DISCONNECTED => 3, KEYBOARD_INTERACTIVE => 7, SERVER_AUTHENTICATION => 8,
    SSH_STATUS => 9, CST_AUTO => 99, SLOT => length pack 'J', 0};
my %modes = (password => 2, publickey => 3, 'keyboard-interactive' => 4);
# Arguments, environment and output of Perl are octets, and the library's texts are too (UTF-8).
my ($host, $port, $user, $mode, $fingerprint, $key_file) = @ARGV;
if (@ARGV != 6 || !$modes{$mode} || !defined $ENV{PASSWORD}) {
    warn "usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the environment\n";
    exit 2;
}

my $ffi = FFI::Platypus->new(api => 2, lib => 'libipworksauth.so.0');
$ffi->mangler(sub ($name) { "ipworksauth_$name" });
$ffi->type('(opaque,int,int,opaque,opaque)->int' => 'callback_t');
$ffi->attach(evtstr => ['opaque', 'int', 'string', 'int'] => 'opaque');
$ffi->attach(@$_) for (
    [sshauth_create => ['callback_t', 'opaque', 'string', 'int'] => 'opaque'],
    [sshauth_getlasterror => ['opaque'] => 'string'],
    (map { [$_ => ['opaque'] => 'string'] } qw(sshauth_getuser sshauth_getfirewalluser)),
    (map { [$_ => ['opaque'] => 'int'] } qw(sshauth_destroy sshauth_authenticate sshauth_getlasterrorcode)),
    (map { [$_ => ['opaque', 'int'] => 'int'] } qw(sshauth_setsshport sshauth_setauthmode sshauth_setsshcertstoretype)),
    (map { [$_ => ['opaque', 'string'] => 'int'] } qw(sshauth_setsshhost sshauth_setuser sshauth_setpassword)),
    [sshauth_config => ['opaque', 'string'] => 'string'],
    [sshauth_setsshcertstore => ['opaque', 'string', 'int'] => 'int'],
);

sub slot ($param, $i) { unpack 'J', buffer_to_scalar($param + $i * SLOT, SLOT) }
sub text ($param, $i) { $ffi->cast(opaque => 'string', slot($param, $i)) }
sub octets ($param, $cbparam, $i) {
    buffer_to_scalar(slot($param, $i), unpack 'i', buffer_to_scalar($cbparam + 4 * $i, 4));
}
sub set_slot ($param, $i, $value) {
    my ($from, $size) = scalar_to_buffer(my $packed = pack 'J', $value);
    memcpy($param + $i * SLOT, $from, $size);
}

my %on = (
    CONNECTED, sub ($param, $) { say join ' ', 'connected', slot($param, 0), text($param, 1) },
    DISCONNECTED, sub ($param, $) { say join ' ', 'disconnected', slot($param, 0), text($param, 1) },
    SSH_STATUS, sub ($param, $) { say 'status ', text($param, 0) },
    SERVER_AUTHENTICATION, sub ($param, $cbparam) {
        say join ' ', 'host key', text($param, 2), unpack 'H*', octets($param, $cbparam, 0);
        say 'fingerprint ', text($param, 1);
        set_slot($param, 6, text($param, 1) eq $fingerprint ? 1 : 0);
    },
    KEYBOARD_INTERACTIVE, sub ($param, $) {
        say 'prompt ', text($param, 2);
        evtstr(slot($param, 3), 2, $ENV{PASSWORD}, 1);
    },
);

# The closure is freed with the last variable that holds it, whatever C still points to it. What dies
# in it is a warning and 0 for the library, so nothing is accepted by mistake.
my $sink = $ffi->closure(sub ($context, $event, $count, $param, $cbparam) {
    $on{$event}->($param, $cbparam) if $on{$event};
    return 0;
});
my $auth = sshauth_create($sink, undef, undef, 0) or die "no object\n";

sub checked ($got) {
    my $code = sshauth_getlasterrorcode($auth) or return $got;
    print STDERR "$code ", sshauth_getlasterror($auth), "\n";
    sshauth_destroy($auth);
    exit 1;
}

checked(sshauth_config($auth, "FirewallUser=$user"));  # what Config stores, a getter reads
checked(sshauth_setsshhost($auth, $host));
checked(sshauth_setsshport($auth, $port));
checked(sshauth_setuser($auth, $user));
checked(sshauth_setpassword($auth, $ENV{PASSWORD}));
checked(sshauth_setsshcertstoretype($auth, CST_AUTO));
checked(sshauth_setsshcertstore($auth, $key_file, length $key_file));
checked(sshauth_setauthmode($auth, $modes{$mode}));
say 'user ', checked(sshauth_getuser($auth));
say 'proxy user ', checked(sshauth_getfirewalluser($auth));
checked(sshauth_authenticate($auth));
say 'authenticated';
sshauth_destroy($auth);
