using Kayse.Core.Companies;

namespace Kayse.Core.Webhooks;

/// <summary>
/// How many attempts are made at the same time. Attempts of workflows have fewer places than the engine has for activities, so that deliveries that only learn
/// that they have to wait on get through, and a firm's other workflows do, however slow its destinations are.
/// </summary>
/// <param name="ofACompany">Places of one firm.</param>
/// <param name="ofAll">Places of all firms together.</param>
internal sealed class Places(int ofACompany, int ofAll)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CompanyId, int> _taken = [];
    private int _all;

    public bool TryTake(CompanyId company)
    {
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(company);
            if (taken == ofACompany || _all == ofAll)
            {
                return false;
            }

            _taken[company] = taken + 1;
            _all++;
            return true;
        }
    }

    public void GiveBack(CompanyId company)
    {
        lock (_gate)
        {
            _all--;
            if (--_taken[company] == 0)
            {
                _taken.Remove(company);
            }
        }
    }
}
