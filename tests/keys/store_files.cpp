#include "tests/keys/store_files.hpp"

namespace sshauth::test {
namespace {

const std::string kPass = std::string("pass:") + kStoreWord;

struct Kind {
  const char* name;
  const char* algorithm;
  const char* option;  // null: none
  const char* type;
};
constexpr Kind kKinds[] = {
    {"rsa", "RSA", "rsa_keygen_bits:2048", "ssh-rsa"},
    {"ec256", "EC", "ec_paramgen_curve:P-256", "ecdsa-sha2-nistp256"},
    {"ec384", "EC", "ec_paramgen_curve:P-384", "ecdsa-sha2-nistp384"},
    {"ec521", "EC", "ec_paramgen_curve:P-521", "ecdsa-sha2-nistp521"},
    {"ed25519", "ED25519", nullptr, "ssh-ed25519"},
    {"ed448", "ED448", nullptr, "ssh-ed448"},
    {"dsa", "DSA", nullptr, "ssh-dss"},
};

MadeKey make_key(const TempFolder& folder, const Kind& kind) {
  const std::string name = kind.name;
  MadeKey made{name, kind.type, folder / (name + ".pem"), folder / (name + ".crt")};
  std::vector<std::string> argv{"openssl", "genpkey", "-out", made.key_file};
  if (name == "dsa") {
    must_run({"openssl", "genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt",
              "dsa_paramgen_bits:1024", "-pkeyopt", "dsa_paramgen_q_bits:160", "-out",
              folder / "dsa.group"});
    argv.insert(argv.end(), {"-paramfile", folder / "dsa.group"});
  } else {
    argv.insert(argv.end(), {"-algorithm", kind.algorithm});
  }
  if (kind.option != nullptr) argv.insert(argv.end(), {"-pkeyopt", kind.option});
  must_run(argv);
  must_run({"openssl", "req", "-x509", "-new", "-key", made.key_file, "-subj",
            "/C=US/ST=Ohio/O=Ex, Inc/CN=" + name + "/emailAddress=me@example.com", "-out",
            made.certificate_file});
  return made;
}

std::string without(const std::string& text, const std::string& marks) {
  std::string out;
  for (const char c : text)
    if (marks.find(c) == std::string::npos) out += c;
  return out;
}

std::string from_hex(const std::string& digits) {
  std::string out;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2)
    out += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
  return out;
}

// A certificate for a new key, by `issuer`, or by itself.
void make_certificate(const TempFolder& folder, const std::string& name,
                      const std::string& issuer) {
  must_run({"openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", folder / (name + ".key"), "-subj", "/CN=" + name, "-out",
            folder / (name + ".csr")});
  std::vector<std::string> argv{"openssl",
                                "x509",
                                "-req",
                                "-in",
                                folder / (name + ".csr"),
                                "-out",
                                folder / (name + ".cert")};
  if (issuer.empty())
    argv.insert(argv.end(), {"-signkey", folder / (name + ".key")});
  else
    argv.insert(argv.end(), {"-CA", folder / (issuer + ".cert"), "-CAkey",
                             folder / (issuer + ".key"), "-CAcreateserial"});
  must_run(argv);
}

void import(const std::string& from, const std::string& store, const std::string& kind,
            const std::string& name) {
  must_run({"keytool", "-importkeystore", "-noprompt", "-srckeystore", from, "-srcstoretype",
            "PKCS12", "-srcstorepass", kStoreWord, "-srcalias", "my " + name, "-destalias", name,
            "-destkeystore", store, "-deststoretype", kind, "-deststorepass", kStoreWord});
}

// Java runs it as it is. Arguments: the store, its password, cipher, key derivation, then for each
// key its name and its PKCS#12 file.
constexpr const char* kBcfksProgram = R"(
import java.io.*;
import java.security.*;
import java.security.cert.Certificate;
import org.bouncycastle.crypto.util.*;
import org.bouncycastle.jcajce.BCFKSLoadStoreParameter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

public class MakeBcfks {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    char[] word = args[1].toCharArray();
    PBKDFConfig kdf = args[3].equals("SCRYPT")
        ? new ScryptConfig.Builder(1024, 8, 1).withSaltLength(20).build()
        : new PBKDF2Config.Builder().withPRF(PBKDF2Config.PRF_SHA512).withIterationCount(2000)
              .withSaltLength(20).build();
    File file = new File(args[0]);
    KeyStore store = KeyStore.getInstance("BCFKS", "BC");
    store.load(null, null);
    for (int i = 4; i < args.length; i += 2) {
      KeyStore from = KeyStore.getInstance("PKCS12", "BC");
      from.load(new FileInputStream(args[i + 1]), word);
      String alias = from.aliases().nextElement();
      char[] own = args[i].equals("own") ? "another word".toCharArray() : word;
      store.setKeyEntry(args[i], from.getKey(alias, word), own, from.getCertificateChain(alias));
    }
    store.store(new BCFKSLoadStoreParameter.Builder(new FileOutputStream(file), word)
        .withStorePBKDFConfig(kdf)
        .withStoreEncryptionAlgorithm(args[2].equals("KWP")
            ? BCFKSLoadStoreParameter.EncryptionAlgorithm.AES256_KWP
            : BCFKSLoadStoreParameter.EncryptionAlgorithm.AES256_CCM)
        .withStoreMacAlgorithm(BCFKSLoadStoreParameter.MacAlgorithm.HmacSHA512)
        .build());
  }
}
)";

}  // namespace

const std::vector<std::vector<std::string>> kPkcs12Ways = {
    {},  // PBES2 with PBKDF2 and AES-256-CBC
    {"-legacy"},
    {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"},
    {"-legacy", "-keypbe", "PBE-SHA1-RC2-128", "-certpbe", "PBE-SHA1-RC4-128"},
    {"-keypbe", "aes-128-cbc", "-certpbe", "aes-192-cbc", "-macalg", "sha512"},
    {"-keypbe", "aes-256-cbc", "-certpbe", "NONE"},
    {"-noiter", "-nomaciter"},
    {"-nomac"},
};

std::vector<MadeKey> make_keys(const TempFolder& folder) {
  std::vector<MadeKey> out;
  for (const Kind& kind : kKinds) out.push_back(make_key(folder, kind));
  return out;
}

std::string make_pkcs12(const TempFolder& folder, const MadeKey& key,
                        const std::vector<std::string>& how, const std::string& word) {
  const std::string file = folder / (key.name + ".p12");
  std::vector<std::string> argv{"openssl",
                                "pkcs12",
                                "-export",
                                "-inkey",
                                key.key_file,
                                "-in",
                                key.certificate_file,
                                "-name",
                                "my " + key.name,
                                "-passout",
                                "pass:" + word,
                                "-out",
                                file};
  argv.insert(argv.end(), how.begin(), how.end());
  must_run(argv);
  return file;
}

std::string make_pbmac1_pkcs12(const TempFolder& folder, const MadeKey& key) {
  const std::string file = make_pkcs12(folder, key, {"-nomac"});
  const std::string version_and_content = slurp(file).substr(4);
  spill(folder / "content", version_and_content.substr(26));  // behind the headers around it
  const std::string derived = without(
      must_run({"openssl", "kdf", "-keylen", "32", "-kdfopt", "digest:SHA256", "-kdfopt", kPass,
                "-kdfopt", "hexsalt:0102030405060708", "-kdfopt", "iter:2048", "PBKDF2"}),
      ":\n");
  const std::string mac = must_run({"openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt",
                                    "hexkey:" + derived, "-r", folder / "content"});
  const std::string body =
      version_and_content +
      from_hex(
          "307c306d304906092a864886f70d01050e303c302c06092a864886f70d01050c301f0408"
          "01020304050607080202080002012030"
          "0c06082a864886f70d02090500"
          "300c06082a864886f70d020905000420" +
          mac.substr(0, 64) +
          "04084e4f5420555345440201"
          "01");
  spill(file, std::string("\x30\x82") + static_cast<char>(body.size() >> 8) +
                  static_cast<char>(body.size() & 0xff) + body);
  return file;
}

std::string make_chained_pkcs12(const TempFolder& folder) {
  make_certificate(folder, "root", "");
  make_certificate(folder, "middle", "root");
  make_certificate(folder, "leaf", "middle");
  spill(folder / "above.cert", slurp(folder / "root.cert") + slurp(folder / "middle.cert"));
  const std::string file = folder / "chain.p12";
  must_run({"openssl", "pkcs12", "-export", "-inkey", folder / "leaf.key", "-in",
            folder / "leaf.cert", "-certfile", folder / "above.cert", "-passout", kPass, "-out",
            file});
  return file;
}

std::string make_many(const TempFolder& folder, const std::vector<MadeKey>& keys,
                      const std::string& kind) {
  const std::string store = folder / ("many." + kind);
  for (const MadeKey& key : keys)
    import(make_pkcs12(folder, key, {"-legacy", "-noiter"}), store, kind, key.name);
  return store;
}

std::string make_own_password_jks(const TempFolder& folder) {
  const std::string store = folder / "own.jks";
  const auto generate = [&](const char* name, const char* word) {
    must_run({"keytool", "-genkeypair", "-alias", name, "-keyalg", "EC", "-groupname", "secp256r1",
              "-dname", std::string("CN=") + name, "-storetype", "JKS", "-keystore", store,
              "-storepass", kStoreWord, "-keypass", word});
  };
  generate("other", "another word");
  generate("same", kStoreWord);
  return store;
}

std::string make_jceks_with_secrets(const TempFolder& folder) {
  const std::string store = folder / "secrets.jceks";
  const std::vector<std::string> common{"-storetype", "JCEKS",    "-keystore", store,
                                        "-storepass", kStoreWord, "-keypass",  kStoreWord};
  const auto keytool = [&](std::vector<std::string> argv) {
    argv.insert(argv.begin(), "keytool");
    argv.insert(argv.end(), common.begin(), common.end());
    must_run(argv);
  };
  const char* const names[] = {"first", "second", "third", "fourth"};
  for (int i = 0; i < 4; ++i) {
    const std::string name = names[i];
    keytool({"-genseckey", "-alias", "secret " + name, "-keyalg", "AES", "-keysize", "256"});
    if (i < 3)
      keytool({"-genkeypair", "-alias", name, "-keyalg", "EC", "-groupname", "secp256r1", "-dname",
               "CN=" + name});
  }
  return store;
}

namespace {

std::string big_endian(std::uint32_t number) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
  return out;
}

std::string trusted_entry(const std::string& alias, const std::string& der) {
  const std::string name(1, static_cast<char>(alias.size()));
  return big_endian(2) + '\0' + name + alias + std::string(8, '\0') + std::string("\0\5X.509", 7) +
         big_endian(static_cast<std::uint32_t>(der.size())) + der;
}

}  // namespace

std::string make_hostile_jks(const TempFolder& folder) {
  spill(folder / "root.cnf", "[req]\ndistinguished_name = dn\n[dn]\n[ext]\nnsComment = " +
                                 std::string(700'000, 'x') + "\n");
  must_run({"openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout",
            folder / "big.key", "-subj", "/CN=r", "-config", folder / "root.cnf", "-extensions",
            "ext", "-out", folder / "big.pem"});
  must_run({"openssl", "req", "-new", "-newkey", "ed25519", "-nodes", "-keyout",
            folder / "leaf.key", "-subj", "/CN=l", "-out", folder / "leaf.csr"});
  must_run({"openssl", "x509", "-req", "-in", folder / "leaf.csr", "-CA", folder / "big.pem",
            "-CAkey", folder / "big.key", "-CAcreateserial", "-outform", "DER", "-out",
            folder / "leaf.der"});
  must_run({"openssl", "x509", "-in", folder / "big.pem", "-outform", "DER", "-out",
            folder / "big.der"});
  constexpr std::uint32_t kLeaves = 600;
  std::string out = big_endian(0xfeedfeed) + big_endian(2) + big_endian(kLeaves + 1) +
                    trusted_entry("root", slurp(folder / "big.der"));
  std::string leaf = slurp(folder / "leaf.der");
  for (std::uint32_t i = 0; i < kLeaves; ++i) {
    leaf.replace(leaf.size() - 4, 4, big_endian(i));  // of the signature, which nobody checks
    out += trusted_entry("leaf " + std::to_string(i), leaf);
  }
  return out + std::string(20, '\0');
}

std::string make_trusted_jks(const TempFolder& folder) {
  const std::string store = folder / "trusted.jks";
  make_certificate(folder, "friend", "");
  must_run({"keytool", "-importcert", "-noprompt", "-alias", "friend", "-file",
            folder / "friend.cert", "-storetype", "JKS", "-keystore", store, "-storepass",
            kStoreWord});
  return store;
}

std::string make_bcfks(const TempFolder& folder, const std::vector<MadeKey>& keys,
                       const std::string& how) {
  const std::string store = folder / (how.substr(0, 3) + how.substr(4) + ".bcfks");
  spill(folder / "MakeBcfks.java", kBcfksProgram);
  std::vector<std::string> argv{"java",
                                "-cp",
                                "/usr/share/java/bcprov.jar",
                                folder / "MakeBcfks.java",
                                store,
                                kStoreWord,
                                how.substr(0, 3),
                                how.substr(4)};
  for (const MadeKey& key : keys)
    argv.insert(argv.end(),
                {key.name, make_pkcs12(folder, key,
                                       {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"})});
  must_run(argv);
  return store;
}

std::string make_pkcs7(const TempFolder& folder, const std::string& form) {
  const std::vector<MadeKey> keys = make_keys(folder);
  const std::string file = folder / ("two." + form);
  must_run({"openssl", "crl2pkcs7", "-nocrl", "-certfile", keys[0].certificate_file, "-certfile",
            keys[1].certificate_file, "-outform", form, "-out", file});
  return file;
}

std::vector<std::string> make_small_stores(const TempFolder& folder) {
  const MadeKey key = make_key(folder, kKinds[4]);
  std::vector<std::string> out;
  out.push_back(make_pkcs12(folder, key, {"-noiter", "-nomaciter"}));
  spill(folder / "plain.p12",
        slurp(make_pkcs12(folder, key, {"-keypbe", "NONE", "-certpbe", "NONE", "-nomac"})));
  out.push_back(folder / "plain.p12");
  out.push_back(make_many(folder, {key}, "JKS"));
  out.push_back(make_many(folder, {key}, "JCEKS"));
  out.push_back(make_bcfks(folder, {key}, "CCM PBKDF2"));
  return out;
}

}  // namespace sshauth::test
