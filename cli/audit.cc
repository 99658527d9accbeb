#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "common/auth/audit_log.h"

namespace leadstream::cli {

void AddAudit(CLI::App* app, Run* run) {
  auto path = std::make_shared<std::string>();
  CLI::App* audit = app->add_subcommand("audit", "Who was turned away by a server");
  audit->require_subcommand(1);
  CLI::App* verify = audit->add_subcommand(
      "verify", "Look whether every line of an audit log follows from the one before it");
  verify->add_option("file", *path, "audit.jsonl of a server's data")
      ->required()
      ->check(CLI::ExistingFile);
  verify->callback([path, run] {
    *run = [path] {
      const auto lines = auth::VerifyAudit(*path);
      if (!lines.ok()) return ExitOf(lines.status());
      std::printf("%lld lines, each follows from the one before\n", static_cast<long long>(*lines));
      return 0;
    };
  });
}

}  // namespace leadstream::cli
