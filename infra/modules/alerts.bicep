param location string
param tags object

@description('Empty for alerts in the portal alone.')
param email string
param workspaceId string

@description('Empty when Storage queues are used: their poison messages show in the log.')
param serviceBusId string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-kayse'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'kayse'
    enabled: true
    emailReceivers: [
      {
        name: 'operator'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

var actionGroups = empty(email) ? [] : [people.id]

// The names of metrics and log events are the code's own: see docs/deploy.md, "Alerts".
var logRules = [
  {
    name: 'kayse-failed-workflows'
    description: 'A workflow ended because its engine gave it up: a rule was broken, or the code changed under a running history. GET …/workflows?state=failed shows which.'
    severity: 1
    query: 'AppMetrics | where Name == "kayse.workflows.failed" | summarize Value = sum(Sum) by bin(TimeGenerated, 5m)'
    column: 'Value'
    aggregation: 'Total'
    threshold: 0
    periods: 1
    dimension: ''
  }
  {
    name: 'kayse-oldest-runnable-workflow'
    description: 'A workflow that could go on has waited for over five minutes, twice in a row: the app does not keep up, or its task hub does not answer.'
    severity: 2
    query: 'AppMetrics | where Name == "kayse.workflows.oldest_runnable_age" | summarize Value = max(Max) by bin(TimeGenerated, 5m)'
    column: 'Value'
    aggregation: 'Maximum'
    threshold: 300
    periods: 2
    dimension: ''
  }
  {
    name: 'kayse-failed-crm-connection'
    description: 'A CRM refused a firm\'s credentials: nothing of that firm is written there until an admin connects it again.'
    severity: 2
    query: 'AppTraces | where tostring(Properties.EventName) == "ConnectionRefused" | extend Company = tostring(Properties.Company) | summarize Value = count() by Company, bin(TimeGenerated, 5m)'
    column: 'Value'
    aggregation: 'Total'
    threshold: 0
    periods: 1
    dimension: 'Company'
  }
  {
    name: 'kayse-poison-messages'
    description: 'A message failed ten times. GET /api/operator/dead-letters shows it, POST …/requeue sends it again.'
    severity: 2
    query: 'AppTraces | where tostring(Properties.EventName) == "GivenUp" | summarize Value = count() by bin(TimeGenerated, 5m)'
    column: 'Value'
    aggregation: 'Total'
    threshold: 0
    periods: 1
    dimension: ''
  }
]

resource logAlert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in logRules: {
    name: rule.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.name
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT5M'
      autoMitigate: true
      // A new workspace has had no telemetry yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: rule.column
            timeAggregation: rule.aggregation
            operator: 'GreaterThan'
            threshold: rule.threshold
            dimensions: empty(rule.dimension)
              ? []
              : [
                  {
                    name: rule.dimension
                    operator: 'Include'
                    values: ['*']
                  }
                ]
            failingPeriods: {
              numberOfEvaluationPeriods: rule.periods
              minFailingPeriodsToAlert: rule.periods
            }
          }
        ]
      }
      actions: {
        actionGroups: actionGroups
      }
    }
  }
]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(serviceBusId)) {
  name: 'kayse-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'A message failed ten times or expired. GET /api/operator/dead-letters shows it, POST …/requeue sends it again.'
    severity: 2
    enabled: true
    scopes: [serviceBusId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: ['*']
            }
          ]
        }
      ]
    }
    actions: [
      for id in actionGroups: {
        actionGroupId: id
      }
    ]
  }
}
