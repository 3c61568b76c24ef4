# The address of the API. Lambda authorizes no one (NONE): Sotto's keys or access tokens decide, as clients
# of the contracts expect. Without a key Sotto answers 503 to everything.

resource "aws_lambda_function_url" "http" {
  # checkov:skip=CKV_AWS_258: clients present keys or tokens to Sotto; none of their SDKs signs requests for AWS
  function_name      = aws_lambda_function.sotto["http"].function_name
  authorization_type = "NONE"

  # The answer is complete before it leaves. No CORS here: Sotto answers browsers itself.
  invoke_mode = "BUFFERED"

  depends_on = [aws_lambda_permission.url, aws_lambda_permission.invoked_by_url]
}

# A URL needs both permissions. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
# The provider grants them by itself when it makes a URL without authorization, outside of plan and state; here
# they can be read, and are made again if they get lost.

resource "aws_lambda_permission" "url" {
  # checkov:skip=CKV_AWS_301: the function URL is public on purpose; Sotto refuses requests without a key
  statement_id           = "sotto-url"
  function_name          = aws_lambda_function.sotto["http"].function_name
  principal              = "*"
  action                 = "lambda:InvokeFunctionUrl"
  function_url_auth_type = "NONE"
}

resource "aws_lambda_permission" "invoked_by_url" {
  # checkov:skip=CKV_AWS_301: the condition leaves only calls that come through the function URL
  statement_id             = "sotto-invoked-by-url"
  function_name            = aws_lambda_function.sotto["http"].function_name
  principal                = "*"
  action                   = "lambda:InvokeFunction"
  invoked_via_function_url = true
}
