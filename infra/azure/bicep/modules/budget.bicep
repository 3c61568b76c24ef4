metadata description = 'A monthly budget of the resource group, with notifications.'

@description('Name of the environment.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Costs in a month, in the currency of the subscription.')
@minValue(1)
param amount int

@description('First day of the month that the budget begins with; Azure refuses to change it.')
@minLength(10)
@maxLength(10)
param startDate string

@description('Addresses that are notified; with none, the owners of the subscription.')
@maxLength(10)
param emails array

var roles = empty(emails) ? ['Owner'] : []

@description('notifications of costs')
resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: 'budget-sotto-${environmentName}'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      nearlySpent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emails
        contactRoles: roles
      }
      forecastPassesIt: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
        contactRoles: roles
      }
    }
  }
}
