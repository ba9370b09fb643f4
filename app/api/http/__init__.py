"""What every request goes through: middleware, authorization, bodies, query strings, problems, logs and metrics."""
