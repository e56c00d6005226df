#include "server/test_certificate.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace quartz::server {
namespace {

void check(bool succeeded, const char* what) {
  if (succeeded) return;
  std::cerr << "cannot make a certificate: " << what << '\n';
  std::abort();
}

template <class Write>
void write_pem(const std::string& path, Write write) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  check(file != nullptr && write(file) == 1 && std::fclose(file) == 0, path.c_str());
}

template <class Made, class Read>
Made* read_pem(const std::string& path, Read read) {
  std::FILE* const file = std::fopen(path.c_str(), "r");
  check(file != nullptr, path.c_str());
  Made* const made = read(file, nullptr, nullptr, nullptr);
  std::fclose(file);
  check(made != nullptr, path.c_str());
  return made;
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&::X509_free)>;

void set_subject(X509* certificate, const std::string& name) {
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
}

// Of version 3 only those are believed as authorities that say that they are some.
void make_authority(X509* certificate) {
  const std::unique_ptr<X509_EXTENSION, decltype(&::X509_EXTENSION_free)> extension(
      ::X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE"),
      ::X509_EXTENSION_free);
  check(extension && ::X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

void sign(X509* certificate, EVP_PKEY* key, const TestCertificate* authority) {
  if (authority == nullptr) {
    make_authority(certificate);
    ::X509_set_issuer_name(certificate, ::X509_get_subject_name(certificate));
    check(::X509_sign(certificate, key, ::EVP_sha256()) > 0, "signature");
    return;
  }
  const Certificate issuer(read_pem<X509>(authority->certificate_file, ::PEM_read_X509),
                           ::X509_free);
  const Key its_key(read_pem<EVP_PKEY>(authority->key_file, ::PEM_read_PrivateKey),
                    ::EVP_PKEY_free);
  ::X509_set_issuer_name(certificate, ::X509_get_subject_name(issuer.get()));
  check(::X509_sign(certificate, its_key.get(), ::EVP_sha256()) > 0, "signature");
}

}  // namespace

TestCertificate make_test_certificate(const std::filesystem::path& directory,
                                      const std::string& name, const TestCertificateTerms& terms,
                                      const std::string& subject) {
  const Key key(::EVP_EC_gen("P-256"), ::EVP_PKEY_free);
  const Certificate certificate(::X509_new(), ::X509_free);
  check(key && certificate, "memory");
  ::X509_set_version(certificate.get(), 2);
  static std::atomic<long> serial{0};  // Of those of one authority no two may be equal.
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate.get()), ++serial);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), terms.begins.count());
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), terms.ends.count());
  ::X509_set_pubkey(certificate.get(), key.get());
  set_subject(certificate.get(), subject.empty() ? name : subject);
  sign(certificate.get(), key.get(), terms.authority);

  TestCertificate files{.certificate_file = (directory / (name + ".crt")).string(),
                        .key_file = (directory / (name + ".key")).string()};
  write_pem(files.certificate_file,
            [&](std::FILE* file) { return ::PEM_write_X509(file, certificate.get()); });
  write_pem(files.key_file, [&](std::FILE* file) {
    return ::PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return files;
}

}  // namespace quartz::server
