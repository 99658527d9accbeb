#include "cli/client.h"
#include "cli/commands.h"

namespace leadstream::cli {

CLI::Option* AddServerFlag(CLI::App* command, std::string* server) {
  ClientSecurity& security = TheClientSecurity();
  command
      ->add_option("--tls-ca", security.tls.tls_ca,
                   "PEM file of the authorities by which Leadstream's certificates are trusted")
      ->envname("LEADSTREAM_TLS_CA");
  command
      ->add_option("--tls-certificate", security.tls.tls_certificate,
                   "PEM file of a certificate to show")
      ->envname("LEADSTREAM_TLS_CERTIFICATE");
  command->add_option("--tls-key", security.tls.tls_key, "PEM file of its private key")
      ->envname("LEADSTREAM_TLS_KEY");
  command
      ->add_option("--token-file", security.token_file,
                   "file that holds the token to call with; read for every call")
      ->envname("LEADSTREAM_TOKEN_FILE");
  return command
      ->add_option("--server", *server,
                   "where Leadstream answers: HOST:PORT,... or, for each service, "
                   "'lead=HOST:PORT,... opportunity=...'")
      ->envname("LEADSTREAM_SERVER");
}

}  // namespace leadstream::cli
