-- LuaJIT, by its ffi.
--
--   login.lua HOST PORT USER MODE FINGERPRINT KEY-FILE
--
-- MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
-- Exit status: 0 authenticated, 1 not, 2 used wrongly.
local ffi = require "ffi"

ffi.cdef [[
typedef int (*ipworksauth_callback)(void* context, int event, int count, void* param[], int cbparam[]);
void* ipworksauth_evtstr(void* slot, int id, const char* value, int opt);
void* ipworksauth_sshauth_create(ipworksauth_callback sink, void* context, const char* key, int opts);
int ipworksauth_sshauth_destroy(void* obj);
int ipworksauth_sshauth_authenticate(void* obj);
char* ipworksauth_sshauth_config(void* obj, const char* setting);
char* ipworksauth_sshauth_getlasterror(void* obj);
int ipworksauth_sshauth_getlasterrorcode(void* obj);
char* ipworksauth_sshauth_getuser(void* obj);
char* ipworksauth_sshauth_getfirewalluser(void* obj);
int ipworksauth_sshauth_setsshhost(void* obj, const char* host);
int ipworksauth_sshauth_setsshport(void* obj, int port);
int ipworksauth_sshauth_setuser(void* obj, const char* user);
int ipworksauth_sshauth_setpassword(void* obj, const char* password);
int ipworksauth_sshauth_setauthmode(void* obj, int mode);
int ipworksauth_sshauth_setsshcertstoretype(void* obj, int type);
int ipworksauth_sshauth_setsshcertstore(void* obj, const char* data, int len);
]]

local CONNECTED, DISCONNECTED, KEYBOARD_INTERACTIVE, SERVER_AUTHENTICATION, SSH_STATUS = 1, 3, 7, 8, 9
local CST_AUTO = 99
local modes = {password = 2, publickey = 3, ["keyboard-interactive"] = 4}

local library = ffi.load "libipworksauth.so.0"
local host, port, user, mode, fingerprint, key_file = unpack(arg)
local password = os.getenv "PASSWORD"
if #arg ~= 6 or not modes[mode] or not password then
  io.stderr:write("usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the environment\n")
  os.exit(2)
end

local function text(slot) return ffi.string(ffi.cast("char*", slot)) end
local function number(slot) return tonumber(ffi.cast("intptr_t", slot)) end  -- it is in the slot itself
local function hex(octets) return (octets:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end

local on = {
  [CONNECTED] = function(param) print("connected " .. number(param[0]) .. " " .. text(param[1])) end,
  [DISCONNECTED] = function(param) print("disconnected " .. number(param[0]) .. " " .. text(param[1])) end,
  [SSH_STATUS] = function(param) print("status " .. text(param[0])) end,
  [SERVER_AUTHENTICATION] = function(param, cbparam)
    print("host key " .. text(param[2]) .. " " .. hex(ffi.string(param[0], cbparam[0])))
    print("fingerprint " .. text(param[1]))
    param[6] = ffi.cast("void*", text(param[1]) == fingerprint and 1 or 0)
  end,
  [KEYBOARD_INTERACTIVE] = function(param)
    print("prompt " .. text(param[2]))
    library.ipworksauth_evtstr(param[3], 2, password, 1)
  end,
}

-- A Lua error must not cross the C frames of the library: pcall makes a stop of the login from it.
-- LuaJIT keeps a callback until it is freed, and has room for some hundreds: hence sink:free() below.
local sink = ffi.cast("ipworksauth_callback", function(_, event, _, param, cbparam)
  local handler = on[event]
  local good, why = pcall(handler or function() end, param, cbparam)
  if not good then io.stderr:write(why, "\n") end
  return good and 0 or 1
end)

local auth = library.ipworksauth_sshauth_create(sink, nil, nil, 0)
local function call(name, ...)
  local got = library["ipworksauth_sshauth_" .. name](auth, ...)
  local code = library.ipworksauth_sshauth_getlasterrorcode(auth)
  if code ~= 0 then error(code .. " " .. ffi.string(library.ipworksauth_sshauth_getlasterror(auth)), 0) end
  return got
end
-- Compiled code must not call what calls back into Lua (LuaJIT: "bad callback").
jit.off(call)

local good, why = pcall(function()
  call("config", "FirewallUser=" .. user)  -- what Config stores, a getter reads
  call("setsshhost", host)
  call("setsshport", tonumber(port))
  call("setuser", user)
  call("setpassword", password)
  call("setsshcertstoretype", CST_AUTO)
  call("setsshcertstore", key_file, #key_file)
  call("setauthmode", modes[mode])
  print("user " .. ffi.string(call("getuser")))
  print("proxy user " .. ffi.string(call("getfirewalluser")))
  call("authenticate")
  print("authenticated")
end)
library.ipworksauth_sshauth_destroy(auth)
sink:free()
if not good then io.stderr:write(why, "\n") end
os.exit(good and 0 or 1)
