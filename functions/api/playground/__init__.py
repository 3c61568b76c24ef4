"""The playground: a page that tries the contracts in a browser, without a build step."""
