#!/usr/bin/env ruby
# Ruby, by Fiddle.
#
#   login.rb HOST PORT USER MODE FINGERPRINT KEY-FILE
#
# MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
# Exit status: 0 authenticated, 1 not, 2 used wrongly.
require 'fiddle/import'

module IPWorksAuth
  extend Fiddle::Importer
  dlload 'libipworksauth.so.0'
  extern 'void* ipworksauth_evtstr(void* slot, int id, char* value, int opt)'
  extern 'void* ipworksauth_sshauth_create(void* sink, void* context, char* key, int opts)'
  extern 'int ipworksauth_sshauth_destroy(void* obj)'
  extern 'int ipworksauth_sshauth_authenticate(void* obj)'
  extern 'char* ipworksauth_sshauth_config(void* obj, char* setting)'
  extern 'char* ipworksauth_sshauth_getlasterror(void* obj)'
  extern 'int ipworksauth_sshauth_getlasterrorcode(void* obj)'
  extern 'char* ipworksauth_sshauth_getuser(void* obj)'
  extern 'char* ipworksauth_sshauth_getfirewalluser(void* obj)'
  extern 'int ipworksauth_sshauth_setsshhost(void* obj, char* host)'
  extern 'int ipworksauth_sshauth_setsshport(void* obj, int port)'
  extern 'int ipworksauth_sshauth_setuser(void* obj, char* user)'
  extern 'int ipworksauth_sshauth_setpassword(void* obj, char* password)'
  extern 'int ipworksauth_sshauth_setauthmode(void* obj, int mode)'
  extern 'int ipworksauth_sshauth_setsshcertstoretype(void* obj, int type)'
  extern 'int ipworksauth_sshauth_setsshcertstore(void* obj, char* data, int len)'
end

CONNECTED, DISCONNECTED, KEYBOARD_INTERACTIVE, SERVER_AUTHENTICATION, SSH_STATUS = 1, 3, 7, 8, 9
MODES = { 'password' => 2, 'publickey' => 3, 'keyboard-interactive' => 4 }.freeze
CST_AUTO = 99

# One object: a method that fails raises.
class SSHAuth
  POINTERS, INT = Fiddle::TYPE_VOIDP, Fiddle::TYPE_INT

  def initialize(&on_event)
    # A member: what no variable holds is collected, and the library would call what was there.
    @sink = Fiddle::Closure::BlockCaller.new(INT, [POINTERS, INT, INT, POINTERS, POINTERS]) do |_, event, _, *slots|
      on_event.call(event, *slots)
      0
    rescue StandardError => e # must not leave the block: the C frames of the library are above it
      warn e.full_message
      1
    end
    @object = IPWorksAuth.ipworksauth_sshauth_create(@sink, nil, nil, 0)
  end

  def method_missing(name, *values)
    got = IPWorksAuth.public_send("ipworksauth_sshauth_#{name}", @object, *values)
    code = IPWorksAuth.ipworksauth_sshauth_getlasterrorcode(@object)
    raise "#{code} #{IPWorksAuth.ipworksauth_sshauth_getlasterror(@object)}" unless code.zero?

    got.is_a?(Fiddle::Pointer) ? got.to_s.force_encoding(Encoding::UTF_8) : got
  end

  def respond_to_missing?(name, _) = IPWorksAuth.respond_to?("ipworksauth_sshauth_#{name}")
  def destroy = IPWorksAuth.ipworksauth_sshauth_destroy(@object)
end

host, port, user, mode, fingerprint, key_file = ARGV
password = ENV.fetch('PASSWORD', nil)
unless ARGV.size == 6 && MODES.key?(mode) && password
  warn 'usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the environment'
  exit 2
end

auth = SSHAuth.new do |event, param, cbparam|
  slot = ->(i) { (param + i * Fiddle::SIZEOF_VOIDP).ptr } # what the slot points to, or a number itself
  case event
  when CONNECTED then puts "connected #{slot[0].to_i} #{slot[1]}"
  when DISCONNECTED then puts "disconnected #{slot[0].to_i} #{slot[1]}"
  when SSH_STATUS then puts "status #{slot[0]}"
  when SERVER_AUTHENTICATION
    puts "host key #{slot[2]} #{slot[0][0, cbparam[0, Fiddle::SIZEOF_INT].unpack1('i')].unpack1('H*')}"
    puts "fingerprint #{slot[1]}"
    param[6 * Fiddle::SIZEOF_VOIDP, Fiddle::SIZEOF_VOIDP] = [slot[1].to_s == fingerprint ? 1 : 0].pack('J')
  when KEYBOARD_INTERACTIVE
    puts "prompt #{slot[2]}"
    IPWorksAuth.ipworksauth_evtstr(slot[3], 2, password, 1)
  end
end

begin
  auth.config("FirewallUser=#{user}") # what Config stores, a getter reads
  auth.setsshhost(host)
  auth.setsshport(port.to_i)
  auth.setuser(user)
  auth.setpassword(password)
  auth.setsshcertstoretype(CST_AUTO)
  auth.setsshcertstore(key_file, key_file.bytesize)
  auth.setauthmode(MODES.fetch(mode))
  puts "user #{auth.getuser}", "proxy user #{auth.getfirewalluser}"
  auth.authenticate
  puts 'authenticated'
rescue RuntimeError => e
  abort e.message
ensure
  auth.destroy
end
