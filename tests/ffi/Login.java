// Java, by JNA.
//
//   Login HOST PORT USER MODE FINGERPRINT KEY-FILE
//
// MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
// Exit status: 0 authenticated, 1 not, 2 used wrongly.
import com.sun.jna.Callback;
import com.sun.jna.FunctionMapper;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;

public final class Login {
  interface Sink extends Callback {
    int invoke(Pointer context, int event, int count, Pointer param, Pointer cbparam);
  }

  interface IPWorksAuth extends Library {
    Pointer evtstr(Pointer slot, int id, String value, int opt);
    Pointer sshauth_create(Sink sink, Pointer context, String key, int opts);
    int sshauth_destroy(Pointer obj);
    int sshauth_authenticate(Pointer obj);
    String sshauth_config(Pointer obj, String setting);
    String sshauth_getlasterror(Pointer obj);
    int sshauth_getlasterrorcode(Pointer obj);
    String sshauth_getuser(Pointer obj);
    String sshauth_getfirewalluser(Pointer obj);
    int sshauth_setsshhost(Pointer obj, String host);
    int sshauth_setsshport(Pointer obj, int port);
    int sshauth_setuser(Pointer obj, String user);
    int sshauth_setpassword(Pointer obj, String password);
    int sshauth_setauthmode(Pointer obj, int mode);
    int sshauth_setsshcertstoretype(Pointer obj, int type);
    int sshauth_setsshcertstore(Pointer obj, byte[] data, int len);
  }

  private static final int CONNECTED = 1, DISCONNECTED = 3, KEYBOARD_INTERACTIVE = 7,
      SERVER_AUTHENTICATION = 8, SSH_STATUS = 9;
  private static final int CST_AUTO = 99;
  private static final Map<String, Integer> MODES =
      Map.of("password", 2, "publickey", 3, "keyboard-interactive", 4);

  private static final FunctionMapper PREFIXED = (library, method) -> "ipworksauth_" + method.getName();
  private static final IPWorksAuth LIBRARY = Native.load("ipworksauth", IPWorksAuth.class,
      Map.of(Library.OPTION_FUNCTION_MAPPER, PREFIXED, Library.OPTION_STRING_ENCODING, "UTF-8"));

  private final String fingerprint;
  private final String password;
  // A member: JNA holds callbacks weakly, and one that was collected can no longer be called.
  private final Sink sink = (context, event, count, param, cbparam) -> onEvent(event, param, cbparam);
  private final Pointer auth = LIBRARY.sshauth_create(sink, null, null, 0);

  private Login(String fingerprint, String password) {
    this.fingerprint = fingerprint;
    this.password = password;
  }

  private static Pointer slot(Pointer param, int i) {
    return param.getPointer((long) i * Native.POINTER_SIZE);
  }

  private static String text(Pointer param, int i) {
    return slot(param, i).getString(0, "UTF-8");
  }

  // What is thrown in here JNA prints and answers with 0, so nothing is accepted by mistake.
  private int onEvent(int event, Pointer param, Pointer cbparam) {
    switch (event) {
      case CONNECTED, DISCONNECTED -> // a number is in the slot itself
          System.out.println((event == CONNECTED ? "connected " : "disconnected ")
              + Pointer.nativeValue(slot(param, 0)) + " " + text(param, 1));
      case SSH_STATUS -> System.out.println("status " + text(param, 0));
      case SERVER_AUTHENTICATION -> {
        byte[] hostKey = slot(param, 0).getByteArray(0, cbparam.getInt(0));
        System.out.println("host key " + text(param, 2) + " " + HexFormat.of().formatHex(hostKey));
        System.out.println("fingerprint " + text(param, 1));
        int accept = text(param, 1).equals(fingerprint) ? 1 : 0;
        param.setPointer(6L * Native.POINTER_SIZE, Pointer.createConstant(accept));
      }
      case KEYBOARD_INTERACTIVE -> {
        System.out.println("prompt " + text(param, 2));
        LIBRARY.evtstr(slot(param, 3), 2, password, 1);
      }
      default -> { }
    }
    return 0;
  }

  private void check(int code) {
    if (code != 0) throw new IllegalStateException(code + " " + LIBRARY.sshauth_getlasterror(auth));
  }

  private void login(String host, int port, String user, int mode, String keyFile) {
    byte[] key = keyFile.getBytes(StandardCharsets.UTF_8);
    LIBRARY.sshauth_config(auth, "FirewallUser=" + user); // what Config stores, a getter reads
    check(LIBRARY.sshauth_getlasterrorcode(auth));
    check(LIBRARY.sshauth_setsshhost(auth, host));
    check(LIBRARY.sshauth_setsshport(auth, port));
    check(LIBRARY.sshauth_setuser(auth, user));
    check(LIBRARY.sshauth_setpassword(auth, password));
    check(LIBRARY.sshauth_setsshcertstoretype(auth, CST_AUTO));
    check(LIBRARY.sshauth_setsshcertstore(auth, key, key.length));
    check(LIBRARY.sshauth_setauthmode(auth, mode));
    System.out.println("user " + LIBRARY.sshauth_getuser(auth));
    System.out.println("proxy user " + LIBRARY.sshauth_getfirewalluser(auth));
    check(LIBRARY.sshauth_authenticate(auth));
  }

  public static void main(String[] args) {
    if (args.length != 6 || !MODES.containsKey(args[3]) || System.getenv("PASSWORD") == null) {
      System.err.println(
          "usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the environment");
      System.exit(2);
    }
    Login login = new Login(args[4], System.getenv("PASSWORD"));
    int status = 0;
    try {
      login.login(args[0], Integer.parseInt(args[1]), args[2], MODES.get(args[3]), args[5]);
      System.out.println("authenticated");
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      status = 1;
    } finally {
      LIBRARY.sshauth_destroy(login.auth);
    }
    System.exit(status);
  }
}
